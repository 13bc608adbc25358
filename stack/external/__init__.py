"""Checks of services that others run: what of them we need, and what to ask those others for."""
