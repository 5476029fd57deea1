/** One Go module under lab/components, and what is built from it. */
export interface Component {
  name: string;
  /** Packages to build: program name by import path. */
  programs: Record<string, string>;
  /** Packages whose tests to build as a program. */
  tests?: Record<string, string>;
  /** Other names of its programs. */
  links?: Record<string, string>;
  /** Folders to take as they are: name by `MODULE:FOLDER`. */
  folders?: Record<string, string>;
  /** Go files of the lab's own among them. */
  sources?: readonly string[];
  /** Measured on two cores with a cold cache. */
  estimateMs: number;
  cgo?: boolean;
  tags?: string;
  flags?: string;
}
