/** @file The port for debuggers: who may connect, and that it is closed again. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { WebSocket } from "ws";
import type { InspectorHandlers } from "../../extension/client/session-client.ts";
import { InspectorServer } from "../../extension/debug/inspector-server.ts";
import type { InspectorCommand } from "../../protocol/inspector.ts";

suite("the debugger's port", () => {
  let server: InspectorServer;
  let handlers: InspectorHandlers | undefined;
  const sent: InspectorCommand[] = [];
  let ended: Promise<void>;

  setup(async () => {
    sent.length = 0;
    let setEnded = () => {};
    ended = new Promise((resolve) => {
      setEnded = resolve;
    });
    server = await InspectorServer.start((given) => {
      handlers = given;
      return { send: (command) => sent.push(command), end: setEnded };
    });
  });
  teardown(() => server.dispose());

  async function refused(address: string, options?: { origin: string }): Promise<void> {
    const [error] = await once(new WebSocket(address, options), "error");
    assert.match(String(error), /ECONNREFUSED|Unexpected server response/);
  }

  test("passes messages both ways, and says when the debugger is gone", async () => {
    const socket = new WebSocket(server.address);
    await once(socket, "open");
    socket.send('{"id":1,"method":"Debugger.enable"}');
    handlers?.onReply({ id: 1, result: {} });
    const [reply] = await once(socket, "message");
    assert.equal(String(reply), '{"id":1,"result":{}}');
    socket.close();
    await ended;
    assert.deepEqual(sent, [{ id: 1, method: "Debugger.enable" }]);
  });

  test("lets nobody in who does not know the address, comes from a web page, or comes second", async () => {
    assert.equal(new URL(server.address).hostname, "127.0.0.1");
    await refused(new URL("/", server.address).href);
    await refused(server.address, { origin: "http://example.com" });
    const socket = new WebSocket(server.address);
    await once(socket, "open");
    await refused(server.address);
    socket.terminate();
  });

  test("is closed with the session and with the debugging", async () => {
    const socket = new WebSocket(server.address);
    await once(socket, "open");
    handlers?.onEnd();
    await once(socket, "close");
    await refused(server.address);
    server.dispose();
    await refused(server.address);
  });
});
