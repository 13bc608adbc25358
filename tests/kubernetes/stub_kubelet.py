"""What runs pods, for tests: each is a process of this machine, started as in our image.

There is no image: in all that a pod is told, paths of the image and of volumes become paths of this
machine, and names of services become addresses of it.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from commands import ROOT, wait_until
from leftovers import MARK
from stub_api import Object, StubApi
from whole_path import kill_group

from stack.java import find_java

NAMESPACE = "/api/v1/namespaces/tweets"
PODS = f"{NAMESPACE}/pods"


class StubKubelet:
    """Runs the containers of pods in folders of their own.

    `claims` gives the folders of this machine for the claims of volumes.
    """

    def __init__(self, folder: Path, claims: dict[str, Path]) -> None:
        self.api = StubApi(self.run, self.kill)
        self._folder = folder
        self._claims = claims
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._keepers: list[threading.Thread] = []

    def __enter__(self) -> "StubKubelet":
        self.api.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.api.__exit__()
        for pod in self.api.of_kind("Pod"):
            self.kill(pod["metadata"]["name"])
        for keeper in self._keepers:
            keeper.join()

    def run(self, pod: Object) -> None:
        """Run the container of a pod, as soon as there is all that it mounts."""
        self._keepers.append(threading.Thread(target=self._keep, args=(pod,)))
        self._keepers[-1].start()

    def stop(self, name: str) -> int:
        """End a pod as Kubernetes does, by its hook and a signal; gives its exit code."""
        process = self._processes[name]
        [container] = self.api.objects[f"{PODS}/{name}"]["spec"]["containers"]
        if hook := container.get("lifecycle", {}).get("preStop"):
            program = hook["exec"]["command"][-1].replace("Process(1)", f"Process({process.pid})")
            subprocess.run([sys.executable, "-c", program], check=True)
        process.send_signal(signal.SIGTERM)
        return process.wait(60)

    def kill(self, name: str) -> None:
        """End a pod at once, if it has begun."""
        if name in self._processes:
            kill_group(self._processes[name])

    def read_log(self, name: str) -> str:
        """Read what a pod has said so far."""
        return self._log(name).read_text() if self._log(name).exists() else ""

    def _log(self, name: str) -> Path:
        return self._folder / name / "log"

    def _keep(self, pod: Object) -> None:
        name = pod["metadata"]["name"]
        [container] = pod["spec"]["containers"]
        wait_until(lambda: self._has_config_maps(pod) or self.api.is_closing, 10)
        world = _World(self.api, self._mount(pod, container))
        self._fill(pod, world)
        environment = world.build_environment(pod, container)
        with self._log(name).open("wb") as log:
            process = subprocess.Popen(
                [ROOT / "docker" / "entrypoint.sh", *world.build_arguments(container, environment)],
                cwd=world.place(container.get("workingDir", "/app")),
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes[name] = process
        if self.api.is_closing or name not in self.api.list_names(PODS):
            self.kill(name)
        self._report(pod, "Running", {"running": {}})
        code = process.wait()
        if name in self.api.list_names(PODS):
            self._report(pod, "Failed" if code else "Succeeded", {"terminated": {"exitCode": code}})

    def _has_config_maps(self, pod: Object) -> bool:
        wanted = {
            volume["configMap"]["name"]
            for volume in pod["spec"]["volumes"]
            if "configMap" in volume and not volume["configMap"].get("optional")
        }
        return wanted <= {found["metadata"]["name"] for found in self.api.of_kind("ConfigMap")}

    def _mount(self, pod: Object, container: Object) -> dict[str, Path]:
        folder = self._folder / pod["metadata"]["name"]
        folder.mkdir()
        claims = {
            volume["name"]: self._claims[volume["persistentVolumeClaim"]["claimName"]]
            for volume in pod["spec"]["volumes"]
            if "persistentVolumeClaim" in volume
        }
        mounted = {}
        for mount in container["volumeMounts"]:
            place = claims.get(mount["name"], folder / mount["name"])
            place.mkdir(exist_ok=True)
            mounted[mount["mountPath"]] = place
        return mounted

    def _fill(self, pod: Object, world: "_World") -> None:
        for volume in pod["spec"]["volumes"]:
            source = volume.get("configMap", {"optional": True})
            if source.get("optional"):
                continue
            names = {item["key"]: item["path"] for item in source.get("items", [])}
            for key, text in self.api.find("ConfigMap", source["name"])["data"].items():
                file = self._folder / pod["metadata"]["name"] / volume["name"] / names.get(key, key)
                file.write_text(world.place(text))

    def _report(self, pod: Object, phase: str, state: Object) -> None:
        pod["status"] = {
            "phase": phase,
            "podIP": "127.0.0.1",
            "conditions": [{"type": "Ready", "status": str(phase == "Running")}],
            "containerStatuses": [{"name": pod["spec"]["containers"][0]["name"], "state": state}],
        }
        self.api.put(f"{PODS}/{pod['metadata']['name']}", pod)


class _World:
    """What a container sees: names that mean something else on this machine."""

    def __init__(self, api: StubApi, mounted: dict[str, Path]) -> None:
        self._api = api
        # The machine's own /tmp serves all.
        self._paths = {"/app": ROOT, **mounted}
        self._paths.pop("/tmp", None)
        names = "|".join(re.escape(path) for path in sorted(self._paths, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![\w.-])({names})(?![\w.-])")

    def place(self, text: str) -> str:
        """Say it in paths and addresses of this machine."""
        text = text.replace("https://kubernetes.default.svc", self._api.url)
        text = re.sub(r"[\w-]+\.tweets\.svc\b", "127.0.0.1", text)
        return self._pattern.sub(lambda found: str(self._paths[found[1]]), text)

    def build_environment(self, pod: Object, container: Object) -> dict[str, str]:
        """Build the environment: the image's, then the container's."""
        fields = {
            "metadata.name": pod["metadata"]["name"],
            "metadata.namespace": "tweets",
            "status.podIP": "127.0.0.1",
        }
        environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "JAVA_HOME": str(find_java()),
            "PYTHONPATH": str(ROOT),
            "SPARK_LOCAL_IP": "127.0.0.1",
            MARK: os.environ[MARK],
        }
        for source in container.get("envFrom", []):
            with suppress(LookupError):
                environment |= self._api.find("ConfigMap", source["configMapRef"]["name"])["data"]
        for variable in container.get("env", []):
            if "valueFrom" in variable:
                value: Any = fields[variable["valueFrom"]["fieldRef"]["fieldPath"]]
            else:
                value = variable.get("value", "")
            environment[variable["name"]] = value
        return {name: self.place(value) for name, value in environment.items()}

    def build_arguments(self, container: Object, environment: dict[str, str]) -> list[str]:
        """Write the arguments, with `$(NAME)` as it is in the environment."""
        return [
            self.place(re.sub(r"\$\((\w+)\)", lambda found: environment[found[1]], argument))
            for argument in container["args"]
        ]
