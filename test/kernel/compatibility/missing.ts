/** @file What PyTorch or JAX have and the kernel does not: the other half of an honest table. */

export interface Missing {
  /** What it would be called here, or is called by the way names are written. The test sees that none of them is exported. */
  readonly names: readonly string[];
  readonly peers: string;
  /** What to do instead, or what it would take. */
  readonly instead: string;
}

export interface MissingSection {
  readonly title: string;
  readonly entries: readonly Missing[];
}

const no = (names: string, peers: string, instead = ""): Missing => ({ names: names.split(" "), peers, instead });

export const MISSING: readonly MissingSection[] = [
  {
    title: "Types, devices, scale",
    entries: [
      no(
        "complex64 complex128 complex",
        "complex dtypes (PyTorch, JAX)",
        "a pair `{ real, imag }`, which transforms take apart; `fft` and its relatives speak it",
      ),
      no(
        "float16 bfloat16 int8 uint8 int16 int64 uint32",
        "other element types (PyTorch, JAX; jax-js: float16, uint32)",
        "float32, float64, int32, bool",
      ),
      no(
        "pmap shardMap psum allGather",
        "several devices: `jax.pmap`, `jax.shard_map`, `torch.distributed`",
        "one process, one thread",
      ),
      no("devicePut toDevice", "CUDA, TPU; WebGL in jax-js", 'WebGPU: `x.to("webgpu")`, `setDefaultBackend("webgpu")`'),
      no(
        "sparse toSparse bcoo",
        "sparse tensors: `torch.sparse`, `jax.experimental.sparse`",
        "zeros of derivatives are known to the kernel, but not stored compactly",
      ),
      no("quantize nestedTensor maskedTensor", "quantised, nested and masked tensors (PyTorch)"),
      no(
        "fromDlpack save load",
        "DLPack, `torch.save`, `jnp.save`",
        "`dataSync()` and `tensor(typedArray, { shape })`",
      ),
    ],
  },
  {
    title: "Transforms",
    entries: [
      no(
        "customRoot customLinearSolve",
        "`lax.custom_root`, `lax.custom_linear_solve`: derivatives of implicit functions",
        "`customJvp` or `customVjp` with the implicit function theorem, and `solve`",
      ),
      no("customVmap customBatching", "`jax.custom_batching.custom_vmap`, `torch.library` batching rules"),
      no("linearTranspose", "`jax.linear_transpose`", "`vjp` of the linear function at zeros"),
      no("associativeScan", "`lax.associative_scan`", "`cumsum`, `cumprod`, `scan`"),
      no("switchCase", "`lax.switch`", "nested `cond`"),
      no("jet", "`jax.experimental.jet`: Taylor mode", "nested `jvp`"),
      no("checkpointPolicies checkpointName", "policies of `jax.checkpoint`: what to keep"),
      no(
        "closureConvert",
        "`jax.closure_convert`",
        "custom rules take closed-over values for constants: pass them as arguments",
      ),
      no("pureCallback ioCallback", "`jax.pure_callback`: calls out of a compiled function"),
      no(
        "debugPrint",
        "`jax.debug.print` inside compiled functions",
        "without `jit` values may be printed anywhere but under `vmap`",
      ),
      no("evalShape", "`jax.eval_shape`", "evaluation is lazy: `f(x).shape` computes nothing"),
      no(
        "functionalCall stackModuleState functionalize",
        "`torch.func.functional_call` and relatives: modules with parameters",
        "there are no modules: parameters are arguments, nested as you like",
      ),
      no("exportProgram toOnnx", "`torch.export`, `jax.export`"),
      no("vectorize", "`jnp.vectorize`", "`vmap`"),
      no(
        "saveOnCpu savedTensorsHooks backward registerHook",
        "the tape of PyTorch: `backward()`, hooks, `requires_grad`",
        "`grad`, `vjp`",
      ),
      no("inferenceMode noGrad", "`torch.no_grad`", "nothing is recorded unless a transform asks; `stopGradient`"),
      no(
        "holomorphic",
        "complex derivatives: `jax.grad(f, holomorphic=True)`",
        "derivatives with respect to both parts",
      ),
    ],
  },
  {
    title: "Arithmetic and functions of one number",
    entries: [
      no("floorDivide divmod", "`torch.floor_divide`, `jnp.divmod`", "`x.div(y).floor()`"),
      no("fmax fmin", "`torch.fmax`, `jnp.fmax`: NaN as missing", "`where(isnan(x), …)`"),
      no("copysign nextafter frexp ldexp signbit", "parts of floating numbers"),
      no("bitwiseAnd bitwiseOr bitwiseXor leftShift rightShift", "bits of integers (PyTorch, JAX, jax-js)"),
      no("gcd lcm", "`torch.gcd`, `jnp.gcd`"),
      no(
        "logicalXor isclose isposinf isneginf",
        "`torch.logical_xor`, `torch.isclose`",
        "`ne` of truth values; `allclose` for all entries together",
      ),
      no("logaddexp2 floatPower addcmul addcdiv", "compositions of others", "write them out: they are fused"),
    ],
  },
  {
    title: "Reductions",
    entries: [
      no(
        "nansum nanmean nanmedian nanquantile nanmax",
        "reductions that pass over NaN",
        "`where(isnan(x), 0, x).sum()`",
      ),
      no("cummax cummin logcumsumexp", "running maxima (PyTorch, JAX)", "`scan`"),
      no("countNonzero aminmax mode ptp", "`torch.count_nonzero`, `torch.aminmax`, `torch.mode`", "`x.ne(0).sum()`"),
      no("cov corrcoef", "`torch.cov`, `jnp.corrcoef`"),
      no(
        "gradient convolve polyfit",
        "slopes of samples (PyTorch, JAX), polynomials (JAX)",
        "`slice` and `sub`; `conv1d`; `lstsq(vander(x, n), y)`",
      ),
    ],
  },
  {
    title: "Shapes, indices, order",
    entries: [
      no("indices trilIndices", "`jnp.indices`, `torch.tril_indices`", "`arange(n).expandDims(1)` broadcasts"),
      no(
        "rot90 hstack vstack dstack columnStack atleast2d unstack unflatten swapaxes",
        "spellings of other functions",
        "`flip`, `concat`, `stack`, `at`, `reshape`, `transpose`",
      ),
      no("block", "`jnp.block`", "`concat` of rows; `blockDiag`"),
      no(
        "scatterReduce indexPut putAlongAxis",
        "`torch.scatter_reduce`, `x.at[…].max` in JAX",
        "`scatter` and `scatterAdd`",
      ),
      no("dynamicSlice dynamicUpdateSlice", "`lax.dynamic_slice`", "`take` with positions that are tensors; `scatter`"),
      no("isin setdiff1d intersect1d union1d", "`torch.isin`, sets of JAX", "`unique`, `searchsorted`"),
      no("lexsort argpartition kthvalue msort", "other orders", "`argsort`, `topK`"),
      no("histogramdd histogram2d", "histograms of several dimensions"),
      no("piecewise select fromfunction applyAlongAxis", "`jnp.piecewise`, `jnp.select`", "`where`; `vmap`"),
    ],
  },
  {
    title: "Products and linear algebra",
    entries: [
      no("vdot vecdot", "`torch.vdot`, `torch.linalg.vecdot`", "`x.mul(y).sum(-1)`"),
      no("bmm baddbmm addmm mv", "`torch.bmm` and relatives", "`matmul`, which broadcasts"),
      no("eig eigvals", "`torch.linalg.eig`, `jnp.linalg.eig`", "results are complex; `eigh` for symmetric matrices"),
      no("sqrtm logm funm", "`jax.scipy.linalg.sqrtm`", "`eigh` for symmetric matrices"),
      no("schur hessenberg polar ldl", "`jax.scipy.linalg.schur`, `torch.linalg.ldl_factor`"),
      no(
        "tensorinv tensorsolve solveSylvester",
        "`torch.linalg.tensorsolve`, `jax.scipy.linalg.solve_sylvester`",
        "`reshape` and `solve`; `kron`",
      ),
      no("lobpcg svdLowrank", "`torch.lobpcg`, `torch.svd_lowrank`: a few eigenvalues of large matrices"),
      no(
        "cg gmres bicgstab",
        "`jax.scipy.sparse.linalg.cg`: solvers without a matrix",
        "`whileLoop` or `forLoop` with `hvp`",
      ),
      no("toeplitz circulant hilbert", "special matrices (`jax.scipy.linalg`)"),
    ],
  },
  {
    title: "Special functions",
    entries: [
      no(
        "ndtri logNdtr erfcx",
        "`torch.special.ndtri`, `torch.special.log_ndtr`, `torch.special.erfcx`",
        "`erfinv(p · 2 − 1) · √2`",
      ),
      no(
        "gammainc gammaincc betainc betaln multigammaln",
        "incomplete gamma and beta functions",
        "`lgamma` gives the complete ones",
      ),
      no("i0 i0e i1 i1e besselJ0 besselJ1", "Bessel functions"),
      no("expi exp1 expn sici fresnel spence dawsn", "exponential integrals and relatives (JAX)"),
      no("hyp1f1 hyp2f1 sphHarm", "hypergeometric functions, spherical harmonics (JAX)"),
      no("entr xlog1py relEntr", "`torch.special.entr`, `torch.special.xlog1py`", "`xlogy`"),
    ],
  },
  {
    title: "Fourier and signals",
    entries: [
      no(
        "fftn ifftn rfftn rfft2 irfft2 hfft ihfft",
        "transforms along any number of axes, and of real matrices",
        "`fft` along one axis after the other; `fft2`",
      ),
      no("stft istft welch", "`torch.stft`, `jax.scipy.signal.stft`", "`slidingWindows` and `rfft`"),
      no("dct idct", "`jax.scipy.fft.dct`"),
      no("hannWindow hammingWindow kaiserWindow", "`torch.hann_window`, `jnp.hanning`", "`arange(n)` and `cos`"),
    ],
  },
  {
    title: "Neural networks",
    entries: [
      no("conv3d convTranspose3d maxPool3d avgPool3d", "three spatial axes"),
      no("adaptiveAvgPool2d lpPool2d maxUnpool2d", "other pools; positions of maxima"),
      no(
        "interpolate gridSample pixelShuffle resize",
        "`F.interpolate`, `jax.image.resize`",
        "`take` and `lerp`; `reshape` and `permute`",
      ),
      no("ctcLoss", "`F.ctc_loss`", "`scan` and `logaddexp`"),
      no(
        "tripletMarginLoss hingeEmbeddingLoss cosineEmbeddingLoss multiMarginLoss poissonNllLoss gaussianNllLoss smoothL1Loss",
        "other losses of `torch.nn.functional`",
        "`huberLoss`; write them out",
      ),
      no(
        "multiheadAttention rnn lstm gru transformer",
        "modules of `torch.nn`",
        "`attention` after `reshape` and `permute`; `scan`",
      ),
      no(
        "embeddingBag gumbelSoftmax localResponseNorm",
        "`F.embedding_bag`, `F.gumbel_softmax`",
        "`embedding` and `sum`; `gumbel` and `softmax`",
      ),
      no(
        "sgd adam lbfgs minimize",
        "optimisers: `torch.optim`, optax, `jax.scipy.optimize.minimize`",
        "a line or two with `grad`",
      ),
      no(
        "initializers xavierUniform kaimingNormal",
        "`torch.nn.init`, `jax.nn.initializers`",
        "`randn(shape).mul(scale)`",
      ),
    ],
  },
  {
    title: "Random numbers",
    entries: [
      no("key foldIn splitKey", "keys of `jax.random`", "a `Generator` with a seed"),
      no(
        "multinomial binomial geometric negativeBinomial",
        "discrete distributions",
        "`categorical`, `bernoulli`, `poisson`",
      ),
      no(
        "multivariateNormal truncatedNormal weibull pareto rayleigh vonMises",
        "continuous distributions",
        "`normal` and `cholesky`; the inverse distribution function of `uniform`",
      ),
      no("choice shuffle", "`jax.random.choice`", "`randperm` and `take`"),
      no("orthogonal ball", "`jax.random.orthogonal`", "`qr(randn(…))`"),
      no(
        "logProb klDivergence Distribution",
        "distributions as objects with densities: `torch.distributions`, `jax.scipy.stats`",
        "write the density: `normal` is `x.square().div(-2)` and a constant",
      ),
      no("sobol halton", "`torch.quasirandom`"),
    ],
  },
];
