// What the other pages ask of the form on "Build from a Dockerfile". The model itself is that page's.

import type { DragItem } from '../bindings/view';

export interface BuildForm {
  /** A folder that was let go over the window. */
  dropped(item: DragItem): Promise<void>;
  /** Takes the folder that Slipway was started with; whether it was one. */
  openArgument(): Promise<boolean>;
}
