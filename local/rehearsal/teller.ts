/** How the story is told while it happens. */
export interface Telling {
  /** Worth a line of its own. */
  note(line: string): void;
  /** Where it stands; a later one takes its place. */
  progress(line: string): void;
}
