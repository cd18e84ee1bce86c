import type { ModelStore } from '../model/model-store.js';

/** One thing that every model store must do. */
export interface ComplianceCheck {
  /** A sentence that begins with the store. */
  readonly name: string;
  /**
   * Rejects with an `AssertionError` where the store does otherwise.
   *
   * @param open Opens the store: the first call finds it empty, a further one within the same check opens the same
   *   store again, as another server would. A store that is gone with its process returns the same object.
   */
  check(open: () => Promise<ModelStore>): Promise<void>;
}
