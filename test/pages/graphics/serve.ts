/** @file A page that does what a session asks of its graphics processor, as the notebook's renderer does. */
import type { GraphicsAnswer, GraphicsBatch } from "../../../protocol/graphics.ts";
import { GraphicsServer } from "../../../webview/graphics/server.ts";

declare global {
  /** Takes an answer to the test. */
  var tellSession: (answer: GraphicsAnswer) => void;
  var served: { run(batch: GraphicsBatch): void; end(): void };
}

const server = new GraphicsServer(navigator.gpu, (answer) => tellSession(answer));
globalThis.served = { run: (batch) => server.run(batch), end: () => server.end() };
