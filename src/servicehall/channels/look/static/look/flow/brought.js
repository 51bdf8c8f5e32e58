// Questions of flows that are more than a field: files, signatures, codes. Without this script files and typed names
// still work; loaded by page.js where one of them is on the page.
import { watchFiles } from "./files.js";
import { watchScan } from "./scan.js";
import { watchShoot } from "./shoot.js";
import { watchSignature } from "./signature.js";

const KINDS = { "[data-files]": watchFiles, "[data-signature]": watchSignature, "[data-scan]": watchScan, "[data-shoot]": watchShoot };

export function wake(within = document) {
  for (const [selector, watch] of Object.entries(KINDS)) {
    for (const one of within.querySelectorAll(selector)) {
      if (one.dataset.awake) continue;
      one.dataset.awake = "yes";
      watch(one);
    }
  }
}
