/** @file The host's handle on a notebook's session process: starts it, runs cells on it, and knows when it dies. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import type { FactsAnswer, FactsRequest, TileAnswer, TileRequest } from "../../protocol/exploring.ts";
import type { InspectorCommand, InspectorReply } from "../../protocol/inspector.ts";
import type {
  Answer,
  CellIdentity,
  CellOutput,
  DoneStatus,
  ErrorReport,
  HostToSession,
  InputAnswer,
  InputRequest,
  LiveSettings,
  Question,
  SessionOptions,
  SessionToHost,
  WantedBy,
} from "../../protocol/session.ts";
import type { VariablesAnswer, VariableTextAnswer } from "../../protocol/variables.ts";
import { type Crash, crashOf, NativeErrorOutput } from "./crash.ts";
import { FollowedProgress } from "./followed-progress.ts";
import { type FindGraphicsPage, GraphicsLink } from "./graphics-link.ts";
import { nodeOptions } from "./node-options.ts";

export interface SessionClientOptions extends Omit<SessionOptions, "memoryLimitMB"> {
  /** The built session (`dist/session.js`), which every host knows where to find beside itself. */
  readonly sessionPath: string;
  /** The notebook's folder. */
  /** Resident memory at which the session is ended; 4096 MB unless given. */
  readonly memoryLimitMB?: number;
  /** Limit of the JavaScript heap alone; `memoryLimitMB` unless given. */
  readonly heapLimitMB?: number;
  /** The Node to run it with: this process's own unless given. */
  readonly execPath?: string;
  /** Absent in a host that has no pages. */
  readonly findGraphicsPage?: FindGraphicsPage;
}

export type SessionState = "stopped" | "starting" | "idle" | "busy" | "disposed";

export interface ExecutableCell extends CellIdentity {
  readonly code: string;
  /** See `HostToSession`. */
  readonly expression?: true;
}

export interface ExecutionHandlers {
  /** The cell's turn has come: it runs from now on. */
  onStart?(): void;
  /** May still be called after the execution has ended, by a timer or a promise the cell left behind. */
  onOutput(output: CellOutput): void;
  /** The cell asks the person. `withdrawn`: it ended meanwhile, and the answer is of no use any more. */
  onInput?(request: InputRequest, withdrawn: AbortSignal): Promise<InputAnswer>;
}

export interface InspectorHandlers {
  onReply(reply: InspectorReply): void;
  /** The process ended, and with it the conversation. */
  onEnd(): void;
}

/** A debugger's side of the conversation with the session's engine. */
export interface InspectorConnection {
  send(command: InspectorCommand): void;
  end(): void;
}

const NOBODY_ASKS: InputAnswer = { status: "unavailable", message: "there is nobody to ask here." };

export interface ExecutionResult {
  /** `crashed`: the process died. `stopped`: the host restarted or disposed the session. Variables are gone in both. */
  readonly status: DoneStatus | "crashed" | "stopped";
  readonly durationMs: number;
  readonly crash?: Crash;
}

interface Execution {
  readonly id: number;
  readonly cell: ExecutableCell;
  readonly handlers: ExecutionHandlers;
  readonly finish: (result: ExecutionResult) => void;
  readonly progress: FollowedProgress;
  startedAt: number;
  /** The session has it. */
  sent: boolean;
}

/** One process from its start to its end. */
interface Session {
  readonly child: ChildProcess;
  readonly pipe: Duplex;
  readonly graphics: GraphicsLink;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  dying: Extract<SessionToHost, { type: "dying" }> | undefined;
  /** The host asked for this end, so it is no crash. */
  expected: boolean;
  /** Why it never became ready. */
  startProblem: string | undefined;
}

/** On Windows `detached` would open a console, and a child process lives on until it ends by itself. */
const HAS_PROCESS_GROUPS = process.platform !== "win32";
const READY_TIMEOUT_MS = 30_000;
const DISPOSED = "This session was disposed: make a new SessionClient.";
/** A process that was asked to end gets this long before it is killed. */
const SHUTDOWN_GRACE_MS = 500;
const TERM_GRACE_MS = 1500;
/** Handlers kept for output that comes after the end of an execution. */
const KEPT_HANDLERS = 200;

export class SessionClient {
  #options: SessionClientOptions;
  readonly #queue: Execution[] = [];
  readonly #handlers = new Map<number, ExecutionHandlers>();
  readonly #stateListeners = new Set<(state: SessionState) => void>();
  readonly #crashListeners = new Set<(crash: Crash) => void>();
  readonly #webgpuListeners = new Set<(wantedBy: WantedBy) => void>();
  #state: SessionState = "stopped";
  #session: Session | undefined;
  #running: Execution | undefined;
  #lastId = 0;
  #interruptAnswers: ((stopped: boolean) => void)[] = [];
  /** By question: undefined is the answer of a session that is gone. */
  readonly #asked = new Map<number, (answer: Answer | undefined) => void>();
  #lastQuestion = 0;
  #inspecting: InspectorHandlers | undefined;
  /** By execution: what the person is being asked for it. */
  readonly #inputs = new Map<number, AbortController>();
  /** The questions up to this one were there when the interrupt under way was sent. */
  #lastBeforeInterrupt = 0;

  constructor(options: SessionClientOptions) {
    this.#options = options;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Of the running process; undefined when there is none. */
  get pid(): number | undefined {
    return this.#session?.child.pid;
  }

  /** Returns a function that removes the listener; so do the others. */
  onDidChangeState(listener: (state: SessionState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  onDidCrash(listener: (crash: Crash) => void): () => void {
    this.#crashListeners.add(listener);
    return () => this.#crashListeners.delete(listener);
  }

  /** WebGPU was wanted and is not on this machine. */
  onDidMissWebGPU(listener: (wantedBy: WantedBy) => void): () => void {
    this.#webgpuListeners.add(listener);
    return () => this.#webgpuListeners.delete(listener);
  }

  /** Starts the process unless it runs already. `execute` does this by itself. */
  async start(): Promise<void> {
    if (this.#state === "disposed") throw new Error(DISPOSED);
    if (!this.#session) {
      this.#session = this.#spawn();
      this.#setState("starting");
    }
    const session = this.#session;
    await session.ready;
    if (this.#session === session && this.#state === "starting") this.#setState("idle");
  }

  /** Runs one cell after those already queued. Never rejects: what went wrong is in the outputs and the status. */
  execute(cell: ExecutableCell, handlers: ExecutionHandlers): Promise<ExecutionResult> {
    return new Promise((resolve) => {
      const id = ++this.#lastId;
      const progress = new FollowedProgress();
      this.#queue.push({ id, cell, handlers, finish: resolve, progress, startedAt: performance.now(), sent: false });
      void this.#runNext();
    });
  }

  /**
   * Stops what runs now and keeps all variables; queued cells stay queued. Resolves to false when the session
   * does not answer because it sits in a native call: then only `restart` helps.
   */
  async interrupt(): Promise<boolean> {
    // Its session still starts: there is nothing to stop, but a cell to take back.
    if (this.#running && !this.#running.sent) this.#finishRunning({ status: "interrupted", durationMs: 0 });
    if (!this.#session) return true;
    this.#lastBeforeInterrupt = this.#lastQuestion;
    return new Promise((resolve) => {
      this.#interruptAnswers.push(resolve);
      this.#send({ type: "interrupt" });
    });
  }

  /** Undefined without a process (none is started for it), and when an interrupt got in the way. */
  async variables(): Promise<VariablesAnswer | undefined> {
    const said = await this.#ask((id) => ({ type: "variables", id }));
    return said?.type === "variables" ? said.answer : undefined;
  }

  /** One variable written out, which may compute it. */
  async variableText(name: string): Promise<VariableTextAnswer | undefined> {
    const said = await this.#ask((id) => ({ type: "variable-text", id, name }));
    return said?.type === "variable-text" ? said.answer : undefined;
  }

  /** Numbers of a tensor that was shown. */
  async tile(request: TileRequest): Promise<TileAnswer | undefined> {
    const said = await this.#ask((id) => ({ type: "tile", id, request }));
    return said?.type === "tile" ? said.answer : undefined;
  }

  /** What there is to say of a matrix that was shown. May take a minute; cells run meanwhile. */
  async facts(request: FactsRequest): Promise<FactsAnswer | undefined> {
    const said = await this.#ask((id) => ({ type: "facts", id, request }));
    return said?.type === "facts" ? said.answer : undefined;
  }

  /** Settings that hold from now on, in the process that runs and in those after it. */
  changeSettings(settings: LiveSettings): void {
    this.#options = { ...this.#options, ...settings };
    this.#send({ type: "live-settings", settings });
  }

  /** Connects a debugger to the running process, instead of one that may be there; undefined without a process. */
  inspect(handlers: InspectorHandlers): InspectorConnection | undefined {
    if (!this.#session) return undefined;
    this.#inspecting?.onEnd();
    this.#inspecting = handlers;
    this.#send({ type: "inspect" });
    const isConnected = () => this.#inspecting === handlers;
    return {
      send: (command) => {
        if (isConnected()) this.#send({ type: "inspector", command });
      },
      end: () => {
        if (!isConnected()) return;
        this.#inspecting = undefined;
        this.#send({ type: "inspect-end" });
      },
    };
  }

  /** Ends the process, and with it every variable, and starts a fresh one. */
  async restart(): Promise<void> {
    await this.#end();
    await this.start();
  }

  /** Ends the process for good. When the promise resolves, it is gone. */
  async dispose(): Promise<void> {
    this.#setState("disposed");
    await this.#end();
  }

  #ask(make: (id: number) => Question): Promise<Answer | undefined> {
    if (!this.#session) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const question = make(++this.#lastQuestion);
      this.#asked.set(question.id, resolve);
      this.#send(question);
    });
  }

  async #runNext(): Promise<void> {
    if (this.#running) return;
    const execution = this.#queue.shift();
    if (!execution) return;
    this.#running = execution;
    if (this.#state === "disposed") {
      execution.handlers.onOutput({ kind: "error", error: plainReport("SessionError", DISPOSED) });
      this.#finishRunning({ status: "stopped", durationMs: 0 });
      return;
    }
    // A failure is told to the execution by `#processEnded`.
    await this.start().catch(() => {});
    // The session may have been restarted or have died meanwhile.
    if (this.#running !== execution || this.state === "disposed") return;
    this.#keepHandlers(execution);
    execution.startedAt = performance.now();
    execution.sent = true;
    this.#setState("busy");
    execution.handlers.onStart?.();
    const { uri, number, code, expression } = execution.cell;
    this.#send({ type: "execute", id: execution.id, cell: { uri, number }, code, expression });
  }

  #keepHandlers({ id, handlers }: Execution): void {
    this.#handlers.set(id, handlers);
    this.#handlers.delete(id - KEPT_HANDLERS);
  }

  #finishRunning(result: ExecutionResult): void {
    const execution = this.#running;
    this.#running = undefined;
    if (this.#state === "busy") this.#setState("idle");
    execution?.finish(result);
    void this.#runNext();
  }

  #spawn(): Session {
    const { sessionPath, directory, execPath = process.execPath } = this.#options;
    const { threads, dtype, backend, webgpuFolder, displayDigits } = this.#options;
    const memoryLimitMB = this.#options.memoryLimitMB ?? 4096;
    const heapLimitMB = this.#options.heapLimitMB ?? memoryLimitMB;
    const sessionOptions: SessionOptions = {
      directory,
      memoryLimitMB,
      threads,
      dtype,
      backend,
      webgpuFolder,
      displayDigits,
    };
    const v8 = execPath === process.execPath ? process.versions.v8 : undefined;
    const child = spawn(
      execPath,
      [`--max-old-space-size=${heapLimitMB}`, ...nodeOptions(v8), sessionPath, JSON.stringify(sessionOptions)],
      {
        cwd: directory,
        // In the extension host `execPath` is Electron, which is Node only when told so.
        env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
        stdio: ["ignore", "pipe", "pipe", "pipe"],
        windowsHide: true,
        // A process group of its own: what a cell starts ends with the session, however that ends.
        detached: HAS_PROCESS_GROUPS,
      },
    );
    // Typed as read-only in general; a "pipe" beyond stderr is two-way.
    const pipe = child.stdio[3] as Duplex;
    const { promise: ready, resolve: setReady, reject: failReady } = withResolvers();
    const { promise: ended, resolve: setEnded } = withResolvers();
    const graphics = new GraphicsLink(this.#options.findGraphicsPage, (message) => write(pipe, message));
    const session: Session = {
      child,
      pipe,
      graphics,
      ready,
      ended,
      dying: undefined,
      expected: false,
      startProblem: undefined,
    };

    const timeout = setTimeout(() => {
      session.startProblem = `The session did not start within ${READY_TIMEOUT_MS / 1000} s. Run the cell again.`;
      child.kill("SIGKILL");
    }, READY_TIMEOUT_MS);
    const lines = createInterface({ input: pipe, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on("line", (line) => {
      const message = JSON.parse(line) as SessionToHost;
      if (message.type === "ready") {
        clearTimeout(timeout);
        setReady();
      } else {
        this.#receive(session, message);
      }
    });
    // Reading and writing fail when the process dies; its end is what gets reported.
    pipe.on("error", () => {});
    lines.on("error", () => {});
    const pipeClosed = new Promise<void>((resolve) => pipe.once("close", resolve));

    const nativeErrors = new NativeErrorOutput((text) => this.#nativeOutput("stderr", text));
    child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#nativeOutput("stdout", text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => nativeErrors.push(text));

    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(timeout);
      pipe.destroy();
      session.graphics.end();
      const { dying, startProblem } = session;
      const death = { code, signal, dying, startProblem, nativeErrors: nativeErrors.tail, heapLimitMB };
      const crash = session.expected ? undefined : crashOf(death);
      failReady(new Error(crash?.message ?? "The session was ended while it started."));
      this.#processEnded(session, crash);
      setEnded();
    };
    child.once("error", ({ message }) => {
      session.startProblem = `The session process could not be started (${message}). Tried ${execPath}.`;
      end(null, null);
    });
    child.once("exit", async (code, signal) => {
      endGroup(child.pid);
      // What the session said last may still be in the pipe.
      await Promise.race([pipeClosed, delay(300)]);
      end(code, signal);
    });
    // Whoever awaits `start` sees the failure; without anyone waiting it is not an unhandled rejection.
    ready.catch(() => {});
    return session;
  }

  #receive(session: Session, message: Exclude<SessionToHost, { type: "ready" }>): void {
    switch (message.type) {
      case "output":
        if (this.#running?.id === message.id) this.#running.progress.note(message.output);
        this.#handlers.get(message.id)?.onOutput(message.output);
        break;
      case "done":
        this.#withdrawInputs(message.id);
        if (this.#running?.id === message.id) {
          this.#finishRunning({ status: message.status, durationMs: message.durationMs });
        }
        break;
      case "input":
        void this.#input(message);
        break;
      case "interrupted":
        this.#answerInterrupts(message.stopped);
        this.#giveUpQuestions(this.#lastBeforeInterrupt);
        break;
      case "variables":
      case "variable-text":
      case "tile":
      case "facts":
        this.#asked.get(message.id)?.(message);
        this.#asked.delete(message.id);
        break;
      case "inspector":
        this.#inspecting?.onReply(message.reply);
        break;
      case "webgpu-missing":
        for (const listener of this.#webgpuListeners) listener(message.wantedBy);
        break;
      case "graphics-page-wanted":
        void session.graphics.open();
        break;
      case "graphics":
        session.graphics.send(message.batch);
        break;
      case "dying":
        session.dying = message;
        break;
    }
  }

  /** Text that native code wrote straight to the process's own stdout or stderr. */
  #nativeOutput(stream: "stdout" | "stderr", text: string): void {
    const handlers = this.#running?.handlers ?? this.#handlers.get(this.#lastId);
    handlers?.onOutput({ kind: "stream", stream, text });
  }

  #processEnded(session: Session, crash: Crash | undefined): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#handlers.clear();
    this.#answerInterrupts(true);
    this.#giveUpQuestions(this.#lastQuestion);
    this.#inspecting?.onEnd();
    this.#inspecting = undefined;
    for (const id of [...this.#inputs.keys()]) this.#withdrawInputs(id);
    this.#setState("stopped");
    const pending = [...(this.#running ? [this.#running] : []), ...this.#queue.splice(0)];
    const running = this.#running;
    this.#running = undefined;
    const stopped = running?.progress.stopped();
    if (stopped) running?.handlers.onOutput(stopped);
    for (const execution of pending) {
      if (crash) {
        const message = execution === running ? crash.message : `Not run: ${crash.message}`;
        execution.handlers.onOutput({ kind: "error", error: plainReport("SessionCrashed", message) });
      }
      const durationMs = execution === running ? performance.now() - execution.startedAt : 0;
      execution.finish({ status: crash ? "crashed" : "stopped", durationMs, crash });
    }
    if (crash) for (const listener of this.#crashListeners) listener(crash);
  }

  #answerInterrupts(stopped: boolean): void {
    for (const answer of this.#interruptAnswers.splice(0)) answer(stopped);
  }

  async #input({ id, question, request }: Extract<SessionToHost, { type: "input" }>): Promise<void> {
    const session = this.#session;
    const withdrawing = this.#inputs.get(id) ?? new AbortController();
    this.#inputs.set(id, withdrawing);
    const answer = (await this.#handlers.get(id)?.onInput?.(request, withdrawing.signal)) ?? NOBODY_ASKS;
    if (this.#session === session && !withdrawing.signal.aborted)
      this.#send({ type: "input-answer", question, answer });
  }

  #withdrawInputs(id: number): void {
    this.#inputs.get(id)?.abort();
    this.#inputs.delete(id);
  }

  /** An interrupt may have stopped the session in the middle of its answer. */
  #giveUpQuestions(last: number): void {
    for (const [id, resolve] of this.#asked) {
      if (id > last) continue;
      this.#asked.delete(id);
      resolve(undefined);
    }
  }

  async #end(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    session.expected = true;
    this.#send({ type: "shutdown" });
    const kill = (signal: NodeJS.Signals) => () => session.child.kill(signal);
    const term = setTimeout(kill("SIGTERM"), SHUTDOWN_GRACE_MS);
    const forced = setTimeout(kill("SIGKILL"), SHUTDOWN_GRACE_MS + TERM_GRACE_MS);
    await session.ended;
    clearTimeout(term);
    clearTimeout(forced);
  }

  #send(message: HostToSession): void {
    if (this.#session) write(this.#session.pipe, message);
  }

  #setState(state: SessionState): void {
    if (this.#state === state || this.#state === "disposed") return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }
}

function write(pipe: Duplex, message: HostToSession): void {
  pipe.write(`${JSON.stringify(message)}\n`);
}

/** Ends what the cells of a session had started; not what they started as `detached`, which has a group of its own. */
function endGroup(leader: number | undefined): void {
  if (!HAS_PROCESS_GROUPS || leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // It had started nothing that is still there.
  }
}

/** A report that has no place in the code, such as the death of the process. */
function plainReport(name: string, message: string): ErrorReport {
  return { name, message, stack: [], text: `${name}: ${message}` };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
