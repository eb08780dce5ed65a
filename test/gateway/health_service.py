"""grpc.health.v1.Health on PORT: python3 health_service.py PORT FILE

Says SERVING of the whole server and of "shop" as long as FILE is there, NOT_SERVING without it, and knows no other.
Not called grpc_health: `import grpc` would import that.
"""
import os
import sys
from concurrent import futures

import grpc

PORT, FILE = sys.argv[1], sys.argv[2]


def check(request, context):
    if request not in (b"", b"\n\x04shop"):
        context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
    return b"\x08\x01" if os.path.exists(FILE) else b"\x08\x02"


server = grpc.server(futures.ThreadPoolExecutor(8))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
    "grpc.health.v1.Health", {"Check": grpc.unary_unary_rpc_method_handler(check)}),))
server.add_insecure_port("127.0.0.1:" + PORT)
server.start()
server.wait_for_termination()
