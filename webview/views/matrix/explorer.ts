/** @file Keeps the parts of a matrix view in step: what is laid out, which slice, how it looks, large or side by side. */
import { colourScale, scaleReaching } from "../../../protocol/colours.ts";
import type { MatrixDisplay } from "../../../protocol/display.ts";
import { type Arrangement, isSame } from "../../data/axes.ts";
import { Dropped, type Summary, type TensorSource, whenReady } from "../../data/source.ts";
import { Gone } from "../../data/streamed.ts";
import { make } from "../../dom.ts";
import { initialLook, type Look, scaleOf } from "../../drawing/look.ts";
import type { FactsView } from "../facts.ts";
import { axesPanel } from "./axes-panel.ts";
import { chart } from "./chart.ts";
import { type Content, contentOf } from "./content.ts";
import { exportPanel } from "./export-panel.ts";
import { heatmap } from "./heatmap.ts";
import { legend, marksOf } from "./legend.ts";
import { lookPanel } from "./look-panel.ts";
import { multiples } from "./multiples.ts";
import { reading } from "./reading.ts";
import { type Sliders, sliders } from "./sliders.ts";
import { structureLine } from "./structure-line.ts";
import type { Subject, Surface, SurfaceEvents } from "./surface.ts";
import { type Item, type Toolbar, toolbar } from "./toolbar.ts";
import { type Envelope, isVector } from "./vector.ts";

const HINT = "Point at an entry to read it, or use the arrow keys.";
const ZOOM = 2;

export interface Explored {
  readonly display: MatrixDisplay;
  readonly tensor: TensorSource;
  readonly envelope: Envelope | undefined;
  readonly heading: HTMLElement;
  readonly meta: string;
  readonly notes: readonly string[];
  /** What is said of a matrix below its picture. */
  readonly facts: FactsView;
  /** The numbers can be had no longer: others have to take their place. */
  onGone(): void;
}

export interface Explorer {
  readonly element: HTMLElement;
  /** Takes the numbers from elsewhere from now on, and shows what was shown. */
  use(tensor: TensorSource, notes: readonly string[]): void;
}

export function explorer({ display, envelope, heading, meta, facts, onGone, ...first }: Explored): Explorer {
  let { tensor, notes } = first;
  let content: Content = contentOf(display, tensor);
  let slice = content.source.opening;
  let look: Look | undefined;
  let sharesColours = false;
  let isSideBySide = false;
  let isChoosingBox = false;
  let subject: Subject | undefined;
  let surface: Surface | undefined;
  let slider: Sliders | undefined;
  let tools: Toolbar | undefined;
  /** Counts what was asked for, so that a summary that comes late is not taken for the latest. */
  let asked = 0;

  const toolPlace = make("div", { class: "tool-place" });
  const legendPlace = make("div", { class: "legend" });
  const slicePlace = make("div", { class: "slice-place" });
  const picture = make("div", { class: "picture" });
  const structure = make("p", { class: "facts" });
  const { element: readout, say } = reading(HINT);
  const problem = make("p", { class: "failure", role: "alert" });
  problem.hidden = true;
  const fail = (error: unknown): void => {
    if (error instanceof Dropped) return;
    if (error instanceof Gone) {
      onGone();
      return;
    }
    problem.hidden = false;
    problem.textContent = `Some of the numbers could not be read: ${error instanceof Error ? error.message : String(error)}`;
  };
  const events: SurfaceEvents = {
    onReading: say,
    onFailure: fail,
    onBoxDone: () => {
      isChoosingBox = false;
      tools?.update();
    },
  };

  const signed = display.statistics.min < 0;
  const lookAt = (summary: Summary): Look => {
    look ??= initialLook(summary);
    return look;
  };
  const scaleFor = (summary: Summary) => {
    const scale = scaleOf(lookAt(summary), summary, signed);
    // A slice of zeros keeps the ends of the whole: there are none of its own.
    return summary.nonzero > 0 ? scale : scaleReaching(scale, colourScale(display.statistics).high);
  };
  const withSummary = (place: number, use: (summary: Summary) => void): void =>
    whenReady(content.source.summary(sharesColours ? "all" : place), use, fail);

  const update = (): void => {
    const number = ++asked;
    withSummary(slice, (summary) => {
      if (number === asked) present(summary);
    });
  };
  const present = (summary: Summary): void => {
    subject = { content, slice, summary, scale: scaleFor(summary) };
    const isChart = isVector(content);
    const marks = marksOf(subject.scale, display.statistics, summary);
    legendPlace.replaceChildren(...(isChart ? [] : legend(subject.scale, marks)));
    legendPlace.hidden = isChart;
    whenReady(
      content.source.summary(slice),
      ({ nonzero, nan, infinite }) => slider?.show(slice, nonzero + nan + infinite === 0),
      fail,
    );
    const line = lookAt(summary).shows === "pattern" ? structureLine(subject) : "";
    structure.textContent = line;
    structure.hidden = line === "";
    readout.hidden = isSideBySide;
    facts.element.hidden = isSideBySide;
    facts.show(content, slice);
    if (isSideBySide) {
      const scaleOfSlice = (place: number, use: (scale: Subject["scale"]) => void): void =>
        withSummary(place, (each) => use(scaleFor(each)));
      picture.replaceChildren(multiples(content, scaleOfSlice, openSlice, fail));
      surface = undefined;
    } else if (surface) surface.show(subject);
    else {
      surface = isChart ? chart(subject, envelope, events) : heatmap(subject, events);
      picture.replaceChildren(surface.element);
      // Once more, now that it has a place and so a size: nothing is blank in between.
      surface.show(subject);
    }
    tools?.update();
  };
  const openSlice = (place: number): void => {
    isSideBySide = false;
    slice = place;
    update();
    slicePlace.querySelector<HTMLElement>("input")?.focus();
  };

  const layOut = (arrangement: Arrangement): void => {
    content = contentOf(display, tensor, arrangement);
    slice = content.source.opening;
    surface = undefined;
    compose();
  };
  /** Everything that depends on how the axes are laid. */
  const compose = (): void => {
    if (content.source.slices === 1) isSideBySide = false;
    slider = sliders(content, (place) => {
      slice = place;
      update();
    });
    slicePlace.replaceChildren(...(slider ? [slider.element] : []));
    slicePlace.hidden = slider === undefined;
    update();
  };

  const items = (): Item[] => {
    const zooms: Item[] = [
      { icon: "zoomIn", label: "Zoom in (+)", press: () => surface?.zoom(ZOOM) },
      { icon: "zoomOut", label: "Zoom out (−)", press: () => surface?.zoom(1 / ZOOM) },
      { icon: "reset", label: "Show all (0)", press: () => surface?.reset() },
      {
        icon: "box",
        label: "Zoom to a box: drag one over the picture",
        isOn: () => isChoosingBox,
        press: () => {
          isChoosingBox = !isChoosingBox;
          surface?.selectBox(isChoosingBox);
        },
      },
    ];
    const appearance: Item = {
      icon: "look",
      label: "How values are shown",
      panel: () =>
        lookPanel({
          look: look ?? initialLook(subject!.summary),
          summary: subject!.summary,
          sharesColours: content.source.slices > 1 ? sharesColours : undefined,
          isChart: isVector(content),
          change: (next) => {
            look = next;
            update();
          },
          shareColours: (on) => {
            sharesColours = on;
            update();
          },
        }),
    };
    const axes: Item = {
      icon: "axes",
      label: "Which axes are rows, columns and sliders",
      panel: () => axesPanel(display, content.arrangement, layOut),
    };
    const sideBySide: Item = {
      icon: "multiples",
      label: "All slices side by side",
      isOn: () => isSideBySide,
      press: () => {
        isSideBySide = !isSideBySide;
        if (!isSideBySide) surface = undefined;
        update();
      },
    };
    const exports: Item = {
      icon: "export",
      label: "Save or copy",
      panel: (close) => {
        const marks =
          subject && !isVector(content) ? marksOf(subject.scale, display.statistics, subject.summary) : undefined;
        const name = content.sliceName(slice);
        const caption = { title: display.title, meta, marks, notes: name ? [name, ...notes] : notes };
        return exportPanel({ tensor, subject: subject!, surface: surface!, caption, say }, close);
      },
    };
    return [
      ...zooms,
      appearance,
      ...(tensor.canBeArranged ? [axes] : []),
      ...((content.allSlices > 1 && content.source.slices > 1) || (tensor.canBeArranged && display.shape.length > 2)
        ? [sideBySide]
        : []),
      exports,
    ];
  };

  const equip = (): void => {
    tools = toolbar(`Tools for ${display.title}`, items());
    toolPlace.replaceChildren(tools.element);
  };
  const notePlace = make("div", { class: "notes" });
  const annotate = (): void => {
    notePlace.hidden = notes.length === 0;
    notePlace.replaceChildren(...notes.map((text) => make("p", { class: "note", text })));
  };
  const use = (next: TensorSource, nextNotes: readonly string[]): void => {
    const number = content.sliceNumber(slice);
    const { arrangement } = content;
    [tensor, notes] = [next, nextNotes];
    problem.hidden = true;
    content = contentOf(display, tensor, tensor.canBeArranged ? arrangement : undefined);
    const places = Array.from({ length: content.source.slices }, (_, place) => place);
    const same = isSame(content.arrangement, arrangement);
    slice = same ? places.findIndex((place) => content.sliceNumber(place) === number) : -1;
    if (slice < 0) slice = content.source.opening;
    if (!same) surface = undefined;
    equip();
    annotate();
    compose();
  };

  equip();
  annotate();
  compose();
  const element = make(
    "figure",
    { class: "matrix" },
    make("div", { class: "head" }, heading, toolPlace),
    legendPlace,
    slicePlace,
    picture,
    structure,
    readout,
    problem,
    facts.element,
    notePlace,
  );
  return { element, use };
}
