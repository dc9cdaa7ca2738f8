/**
 * @file Moving about in a picture: dragging, the wheel, a box, a double click. The wheel belongs to the notebook, which
 * scrolls by it, until the picture was clicked or Ctrl is held.
 */
import { make } from "../../dom.ts";
import {
  type Extents,
  isWhole,
  type Point,
  panned,
  type Size,
  type Viewport,
  zoomed,
  zoomedToBox,
} from "../../drawing/viewport.ts";

export interface Navigated {
  /** What the pointer moves over, and what a box or a hint is drawn on. */
  readonly target: HTMLElement;
  readonly overlay: HTMLElement;
  view(): Viewport;
  extents(): Extents;
  size(): Size;
  move(view: Viewport): void;
  onBoxDone(): void;
}

const WHEEL_SPEED = 0.0015;
const DOUBLE_CLICK = 2;
/** A pointer that moved less was meant to stay. */
const SLACK = 4;
const HINT_LASTS = 1600;
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function navigation(navigated: Navigated): { selectBox(on: boolean): void } {
  const { target, overlay } = navigated;
  const box = make("div", { class: "box", aria: { hidden: "true" } });
  const hint = make("div", {
    class: "hint",
    text: `Click the picture, or hold ${isMac ? "⌘" : "Ctrl"}, to zoom with the wheel.`,
    aria: { hidden: "true" },
  });
  box.hidden = true;
  hint.hidden = true;
  overlay.append(box, hint);
  let choosing = false;
  let hintEnds: ReturnType<typeof setTimeout> | undefined;

  /** In shares of the picture. */
  const shareOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top, width, height } = target.getBoundingClientRect();
    const share = (at: number): number => Math.min(Math.max(at, 0), 1);
    return { x: share((clientX - left) / width), y: share((clientY - top) / height) };
  };
  const zoom = (factor: number, at: Point): void =>
    navigated.move(zoomed(navigated.view(), factor, at, navigated.extents(), navigated.size()));
  const selectBox = (on: boolean): void => {
    choosing = on;
    target.classList.toggle("choosing", on);
    if (!on) box.hidden = true;
  };

  target.addEventListener(
    "wheel",
    (event) => {
      if (event.deltaY === 0) return;
      const isOurs = event.ctrlKey || event.metaKey || isFocused(target);
      // Zoomed out all the way, turning on scrolls on.
      const isSpent = event.deltaY > 0 && isWhole(navigated.view(), navigated.extents());
      if (isSpent && !event.ctrlKey && !event.metaKey) return;
      if (!isOurs) {
        hint.hidden = isWhole(navigated.view(), navigated.extents()) && event.deltaY > 0;
        clearTimeout(hintEnds);
        hintEnds = setTimeout(() => {
          hint.hidden = true;
        }, HINT_LASTS);
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      hint.hidden = true;
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 18 : event.deltaY;
      zoom(Math.exp(-pixels * WHEEL_SPEED * (event.ctrlKey && Math.abs(pixels) < 20 ? 6 : 1)), shareOf(event));
    },
    { passive: false },
  );

  target.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    const isBox = choosing || down.shiftKey;
    const from = shareOf(down);
    let last = from;
    let moved = false;
    target.setPointerCapture(down.pointerId);
    const end = new AbortController();
    const drag = (event: PointerEvent): void => {
      const at = shareOf(event);
      moved ||= Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > SLACK;
      if (!moved) return;
      if (isBox) place(box, from, at);
      else {
        target.classList.add("dragging");
        navigated.move(panned(navigated.view(), { x: at.x - last.x, y: at.y - last.y }, navigated.extents()));
      }
      last = at;
    };
    const finish = (event: PointerEvent): void => {
      end.abort();
      target.classList.remove("dragging");
      box.hidden = true;
      if (!isBox) return;
      if (moved && event.type === "pointerup") {
        navigated.move(zoomedToBox(navigated.view(), from, shareOf(event), navigated.extents(), navigated.size()));
      }
      selectBox(false);
      navigated.onBoxDone();
    };
    target.addEventListener("pointermove", drag, { signal: end.signal });
    target.addEventListener("pointerup", finish, { signal: end.signal });
    target.addEventListener("pointercancel", finish, { signal: end.signal });
  });

  target.addEventListener("dblclick", (event) => {
    event.preventDefault();
    zoom(event.shiftKey ? 1 / DOUBLE_CLICK : DOUBLE_CLICK, shareOf(event));
  });
  return { selectBox };
}

/** Inside of a shadow tree, the document's active element is the tree's host. */
const isFocused = (element: HTMLElement): boolean =>
  (element.getRootNode() as Document | ShadowRoot).activeElement === element;

function place(box: HTMLElement, from: Point, to: Point): void {
  box.hidden = false;
  box.style.left = `${100 * Math.min(from.x, to.x)}%`;
  box.style.top = `${100 * Math.min(from.y, to.y)}%`;
  box.style.width = `${100 * Math.abs(to.x - from.x)}%`;
  box.style.height = `${100 * Math.abs(to.y - from.y)}%`;
}
