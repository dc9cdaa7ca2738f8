/** @file Finds PyTorch. */
import { spawnSync } from "node:child_process";

/** A Python that can import torch and its function transforms. */
export function findPython() {
  // The distribution's own interpreter sees the distribution's torch even where another comes first on PATH.
  const candidates = process.env.PYTHON ? [process.env.PYTHON] : ["python3", "/usr/bin/python3"];
  const probe = "import torch\ntry:\n import torch.func\nexcept ImportError:\n import functorch";
  const found = candidates.find((python) => spawnSync(python, ["-c", probe], { stdio: "ignore" }).status === 0);
  if (!found) {
    console.log(
      `No PyTorch to compare with: none of ${candidates.join(", ")} imports torch with torch.func or functorch. ` +
        "Set PYTHON to one that does. The other times follow.\n",
    );
  }
  return found;
}
