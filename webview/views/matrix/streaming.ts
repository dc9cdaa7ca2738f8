/** @file How a picture comes to the numbers of its session: what came with it is shown until they come, and when they are gone. */
import { initialArrangement } from "../../data/axes.ts";
import type { EmbeddedTensor } from "../../data/embedded-tensor.ts";
import type { PictureChannel } from "../../data/picture-channel.ts";
import type { TensorSource } from "../../data/source.ts";
import { Gone, type Streamable, StreamedTensor } from "../../data/streamed.ts";

export interface Streamed {
  readonly display: Streamable;
  readonly embedded: EmbeddedTensor;
  readonly channel: PictureChannel;
  /** Shows these numbers from now on. */
  use(tensor: TensorSource): void;
  /** Says how things stand; empty when there is nothing to say. */
  say(words: string): void;
  onGone(): void;
}

/** Begins when the element is in sight: a notebook of many pictures does not ask for all of them. */
export function streamInto(element: HTMLElement, { display, embedded, channel, use, say, onGone }: Streamed): void {
  const layout = initialArrangement(display);
  const tensor = new StreamedTensor(display, channel, embedded.arrange(layout), {
    onBusy: () => say("A cell runs: the full numbers come when it is done."),
    onAnswer: () => say(""),
  });
  const begin = async (): Promise<void> => {
    const matrix = tensor.arrange(layout);
    await matrix.summary(matrix.opening);
    use(tensor);
  };
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    begin().catch((error: unknown) => {
      if (error instanceof Gone) onGone();
      else say(`The full numbers could not be read: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  observer.observe(element);
}
