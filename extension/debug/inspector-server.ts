/**
 * @file The port on which VS Code's JavaScript debugger finds a session: of this machine only, behind an address that
 * cannot be guessed, for one connection.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { InspectorCommand } from "../../protocol/inspector.ts";
import type { InspectorConnection, InspectorHandlers } from "../client/session-client.ts";

const LOOPBACK = "127.0.0.1";
/** A debugger that was told the address comes at once or never. */
const WAIT_MS = 30_000;

type Connect = (handlers: InspectorHandlers) => InspectorConnection | undefined;

export class InspectorServer {
  /** What a debugger connects to. */
  readonly address: string;
  readonly #close: () => void;

  private constructor(address: string, close: () => void) {
    this.address = address;
    this.#close = close;
  }

  static async start(connect: Connect): Promise<InspectorServer> {
    const http = createServer((_, response) => response.writeHead(404).end());
    const path = `/${randomUUID()}`;
    // Web pages may speak to local ports as well. They say where they are from; debuggers do not.
    const verifyClient = ({ origin }: { origin?: string }) => origin === undefined;
    const sockets = new WebSocketServer({ server: http, path, verifyClient, perMessageDeflate: false });
    http.listen(0, LOOPBACK);
    await once(http, "listening");
    const close = () => {
      clearTimeout(timeout);
      for (const socket of sockets.clients) socket.close();
      http.close();
    };
    const timeout = setTimeout(close, WAIT_MS);
    sockets.once("connection", (socket) => {
      clearTimeout(timeout);
      // Whoever is connected stays so.
      http.close();
      converse(socket, connect);
    });
    const { port } = http.address() as AddressInfo;
    return new InspectorServer(`ws://${LOOPBACK}:${port}${path}`, close);
  }

  dispose(): void {
    this.#close();
  }
}

function converse(socket: WebSocket, connect: Connect): void {
  const connection = connect({
    onReply: (reply) => socket.send(JSON.stringify(reply)),
    onEnd: () => socket.close(),
  });
  if (!connection) socket.close();
  socket.on("message", (data) => connection?.send(JSON.parse(data.toString()) as InspectorCommand));
  socket.on("close", () => connection?.end());
  // `close` follows.
  socket.on("error", () => {});
}
