"""A gRPC server on PORT and clients that call it through the gateway at ADDRESS: python3 grpc_calls.py PORT ADDRESS

Prints a line for each call that came out as it should; ends with a traceback at the first that did not.
"""
import itertools
import sys
import threading
from concurrent import futures

import grpc

PORT, ADDRESS = sys.argv[1], sys.argv[2]
cancelled = threading.Event()


def unary(request, context):
    context.set_trailing_metadata((("x-end", "done"), ("x-end-bin", b"\x00\xff")))
    metadata = dict(context.invocation_metadata())
    context.send_initial_metadata((("x-for", metadata.get("x-forwarded-for", "")),))
    return request


def stream(request, context):
    return (b"%d" % number for number in range(int(request)))


def collect(requests, context):
    return b"%d" % sum(len(request) for request in requests)


def both(requests, context):
    return (request.upper() for request in requests)


def early(requests, context):
    context.abort(grpc.StatusCode.PERMISSION_DENIED, "not you")


def failing(request, context):
    context.abort(grpc.StatusCode.NOT_FOUND, "no such thing: \u00e4 %")


def waiting(request, context):
    if context.add_callback(cancelled.set):  # else it is over already
        cancelled.wait(60)
    return b""


def handlers():
    table = {"Unary": grpc.unary_unary_rpc_method_handler(unary),
             "Stream": grpc.unary_stream_rpc_method_handler(stream),
             "Collect": grpc.stream_unary_rpc_method_handler(collect),
             "Both": grpc.stream_stream_rpc_method_handler(both),
             "Early": grpc.stream_unary_rpc_method_handler(early),
             "Failing": grpc.unary_unary_rpc_method_handler(failing),
             "Waiting": grpc.unary_unary_rpc_method_handler(waiting)}
    return grpc.method_handlers_generic_handler("t.T", table)


def failure_of(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("it did not fail")


def check(name, holds):
    assert holds, name
    print(name, flush=True)


def calls(channel):
    answer, call = channel.unary_unary("/t.T/Unary").with_call(b"hello")
    check("unary", answer == b"hello")
    check("metadata", dict(call.initial_metadata())["x-for"] == "127.0.0.1")
    trailing = dict(call.trailing_metadata())
    check("trailers", trailing["x-end"] == "done" and trailing["x-end-bin"] == b"\x00\xff")
    large = b"x" * (3 << 20)
    check("large", channel.unary_unary("/t.T/Unary")(large) == large)
    check("server streaming", len(list(channel.unary_stream("/t.T/Stream")(b"10000"))) == 10000)
    pieces = (b"y" * 10000 for _ in range(500))
    check("client streaming", channel.stream_unary("/t.T/Collect")(pieces) == b"5000000")
    in_turn(channel)
    error = failure_of(lambda: channel.unary_unary("/t.T/Failing")(b""))
    check("status", error.code() == grpc.StatusCode.NOT_FOUND and error.details() == "no such thing: \u00e4 %")
    error = failure_of(lambda: channel.stream_unary("/t.T/Early")(itertools.repeat(b"z" * 1000)))
    check("early answer", error.code() == grpc.StatusCode.PERMISSION_DENIED)
    error = failure_of(lambda: channel.unary_unary("/t.T/None")(b""))
    check("no such method", error.code() == grpc.StatusCode.UNIMPLEMENTED)
    error = failure_of(lambda: channel.unary_unary("/t.T/Waiting")(b"", timeout=0.3))
    check("deadline", error.code() == grpc.StatusCode.DEADLINE_EXCEEDED)
    check("deadline reaches the server", cancelled.wait(20))
    cancelled.clear()
    call = channel.unary_unary("/t.T/Waiting").future(b"")
    call.cancel()
    check("cancel", call.code() == grpc.StatusCode.CANCELLED)
    many = [channel.unary_unary("/t.T/Unary").future(b"%d" % number) for number in range(500)]
    check("many", [call.result() for call in many] == [b"%d" % number for number in range(500)])


def in_turn(channel):
    words, said = [b"one", b"two", b"three"], []
    answered = threading.Semaphore(1)

    def requests():
        for word in words:
            answered.acquire()
            yield word

    for answer in channel.stream_stream("/t.T/Both")(requests()):
        said.append(answer)
        answered.release()
    check("bidirectional", said == [b"ONE", b"TWO", b"THREE"])


def main():
    server = grpc.server(futures.ThreadPoolExecutor(16))
    server.add_generic_rpc_handlers((handlers(),))
    assert server.add_insecure_port("127.0.0.1:" + PORT) == int(PORT)
    server.start()
    options = (("grpc.default_authority", "shop.test"), ("grpc.enable_retries", 0))
    with grpc.insecure_channel(ADDRESS, options=options) as channel:
        calls(channel)
        server.stop(None).wait()
        error = failure_of(lambda: channel.unary_unary("/t.T/Unary")(b""))
        metadata = dict(error.initial_metadata() or error.trailing_metadata())
        check("nobody there", error.code() == grpc.StatusCode.UNAVAILABLE
              and metadata["x-slardar-error"] in ("connect_failed", "peer_closed"))
    print("all")


main()
