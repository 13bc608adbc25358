"""The dashboard: what the tweets are about, as a JSON API and a live page."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, Response, jsonify, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from dashboard.live_model import LiveModel
from dashboard.parameters import BadParameterError
from dashboard.reader import SnapshotReader, read_clock
from dashboard.views import Sources, blueprint
from models.registry import RegistryError

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class _ReadableJson(DefaultJSONProvider):
    """Keeps the order of the keys, and characters as they are."""

    sort_keys = False
    ensure_ascii = False


def create_app(
    reader: SnapshotReader, model: LiveModel, now: Callable[[], datetime] = read_clock
) -> Flask:
    """Build the application over a reader, which somebody else starts and stops."""
    app = Flask(__name__)
    app.json = _ReadableJson(app)
    app.extensions["dashboard"] = Sources(reader, model, now)
    app.register_blueprint(blueprint)
    app.register_error_handler(BadParameterError, _refuse_parameter)
    app.register_error_handler(RegistryError, _miss_model)
    app.register_error_handler(HTTPException, _explain_http_error)
    app.after_request(_finish_response)
    return app


def _refuse_parameter(error: BadParameterError) -> ResponseReturnValue:
    return jsonify({"error": str(error)}), 400


def _miss_model(error: RegistryError) -> ResponseReturnValue:
    return jsonify({"error": str(error)}), 503


def _explain_http_error(error: HTTPException) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        message = f"{request.method} {request.path}: {error.name}."
        return jsonify({"error": message}), error.code or 500
    return error


def _finish_response(response: Response) -> Response:
    response.headers.update(SECURITY_HEADERS)
    if request.endpoint != "static":
        response.cache_control.no_cache = True
    if response.status_code == 200:
        response.add_etag()
        response.make_conditional(request)
    return response
