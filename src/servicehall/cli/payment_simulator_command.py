"""`servicehall payment-simulator`: WeChat Pay and Alipay on this machine, with the real ones' rules."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8040, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--keys",
        type=Path,
        default=Path("var/payment-keys"),
        help="folder of the hall's payment keys, where its own are made (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> int:
    from servicehall.processes import logs
    from servicehall.processes.payment_simulator import service
    from servicehall.processes.payment_simulator.server import Simulator, serve

    logs.configure()
    try:
        keys = service.make_keys(options.keys)
        server = Simulator(options.host, options.port, service.Service(keys))
    except (OSError, ValueError) as problem:
        return surroundings.complain(f"The simulator cannot start: {problem}")
    here = f"http://{options.host}:{server.server_port}"
    print(f"Orders appear on {here} and are paid there. The hall needs these settings:", flush=True)
    print(f"SERVICEHALL_WECHAT_PAY_URL={here}", flush=True)
    print(f"SERVICEHALL_ALIPAY_URL={here}/gateway.do", flush=True)
    print(f"SERVICEHALL_PAYMENT_KEYS={options.keys.resolve()}", flush=True)
    print("and these payment accounts in its back office:", flush=True)
    for name in ("wechat", "alipay"):
        words = [f"{name}: app id {service.APP_ID[name]}", f"merchant number {service.MERCHANT[name]}"]
        if name == "wechat":
            words += [f"serial number {service.SERIAL}", f"public key {service.PLATFORM_ID}"]
        print(", ".join([*words, f"folder of keys simulated-{name}"]), flush=True)
    return serve(server)
