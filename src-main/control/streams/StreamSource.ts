/** Where a stream's frames come from; asked when the view can take one, so a slow view merely sees fewer. */
export interface StreamSource {
  /** The next frame, null when nothing has changed, or `end` when no more will come. */
  next(): unknown;
  /** The view was hidden and looks again: the next frame must be a whole one. */
  restart(): void;
  dispose(): void;
}
