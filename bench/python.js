/** @file Finds PyTorch and NumPy. */
import { spawnSync } from "node:child_process";

const PROBES = {
  cuda: "import torch\nassert torch.cuda.is_available()",
  torch: "import numpy, torch\ntry:\n import torch.func\nexcept ImportError:\n import functorch",
  numpy: "import numpy",
};

/** Interpreters that can import torch with its function transforms, and NumPy; and what to do where there is none. */
export function findPython() {
  // The distribution's own interpreter sees the distribution's packages even where another comes first on PATH.
  const candidates = process.env.PYTHON ? [process.env.PYTHON] : ["python3", "/usr/bin/python3"];
  const able = (/** @type {keyof typeof PROBES} */ what) =>
    candidates.find((python) => spawnSync(python, ["-c", PROBES[what]], { stdio: "ignore" }).status === 0);
  return {
    torch: able("torch"),
    cuda: able("cuda"),
    numpy: able("numpy"),
    reason: `none of ${candidates.join(", ")} can import it (torch with torch.func or functorch); set PYTHON to one that can.`,
  };
}
