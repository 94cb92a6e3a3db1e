// The maps of one dimension that convolution by tiles is made of (Lavin and Gray 2016; Winograd's F(2, 3), and F(2, 2) for each of two
// phases where the window steps by two).

/** Patches of four pixels: d₀ − d₂, d₁ + d₂, d₂ − d₁, d₁ − d₃. */
export const IMAGES: i32 = 0
/** Patches of five pixels, for steps of two: the even ones as for F(2, 2), then the odd ones. */
export const STRIDED_IMAGES: i32 = 1
/** Patches of three slopes, for the gradient in images of a step of two. */
export const SPREAD_IMAGES: i32 = 2
/** Slopes of two results: the adjoint of RESULTS. */
export const SLOPES: i32 = 3
/** The adjoint of STRIDED_RESULTS. */
export const STRIDED_SLOPES: i32 = 4
/** Two results from four products. */
export const RESULTS: i32 = 5
/** Two results from five products. */
export const STRIDED_RESULTS: i32 = 6
/** Four results from five products: two of the one phase, two of the other, in turns. */
export const SPREAD_RESULTS: i32 = 7
/** Three weights: a, (a + b + c) / 2, (a − b + c) / 2, c. */
export const KERNELS: i32 = 8
/** Three weights: a, a + c, c, b, b. */
export const STRIDED_KERNELS: i32 = 9
/** The adjoint of KERNELS. */
export const KERNEL_SLOPES: i32 = 10
/** The adjoint of STRIDED_KERNELS. */
export const STRIDED_KERNEL_SLOPES: i32 = 11

/** How many vectors a map takes. */
export function takes(map: i32): i32 {
  if (map == SLOPES || map == STRIDED_SLOPES) return 2
  if (map == SPREAD_IMAGES || map == KERNELS || map == STRIDED_KERNELS) return 3
  if (map == IMAGES || map == RESULTS || map == KERNEL_SLOPES) return 4
  return 5
}

/** How many it gives. */
export function gives(map: i32): i32 {
  if (map == RESULTS || map == STRIDED_RESULTS) return 2
  if (map == KERNEL_SLOPES || map == STRIDED_KERNEL_SLOPES) return 3
  if (map == IMAGES || map == SLOPES || map == SPREAD_RESULTS || map == KERNELS) return 4
  return 5
}

/** A vector, or its two halves `apart` bytes from each other. */
@inline
function put(to: usize, apart: usize, isHalved: bool, x: v128): void {
  if (isHalved) {
    v128.store_lane<u64>(to, x, 0)
    v128.store_lane<u64>(to + apart, x, 1)
  } else v128.store(to, x)
}


@inline
function mapOne(
  map: i32,
  isHalved: bool,
  to: usize,
  toStep: usize,
  from: usize,
  step: usize,
  apart: usize,
): void {
  const a = v128.load(from)
  const b = v128.load(from + step)
  if (map == SLOPES) {
    put(to, apart, isHalved, a)
    put(to + toStep, apart, isHalved, f32x4.add(a, b))
    put(to + 2 * toStep, apart, isHalved, f32x4.sub(a, b))
    put(to + 3 * toStep, apart, isHalved, f32x4.neg(b))
    return
  }
  if (map == STRIDED_SLOPES) {
    put(to, apart, isHalved, a)
    put(to + toStep, apart, isHalved, f32x4.add(a, b))
    put(to + 2 * toStep, apart, isHalved, f32x4.neg(b))
    put(to + 3 * toStep, apart, isHalved, a)
    put(to + 4 * toStep, apart, isHalved, b)
    return
  }
  const c = v128.load(from + 2 * step)
  if (map == SPREAD_IMAGES) {
    put(to, apart, isHalved, f32x4.sub(a, b))
    put(to + toStep, apart, isHalved, b)
    put(to + 2 * toStep, apart, isHalved, f32x4.sub(b, c))
    put(to + 3 * toStep, apart, isHalved, a)
    put(to + 4 * toStep, apart, isHalved, b)
    return
  }
  if (map == KERNELS) {
    const half = f32x4.splat(0.5)
    const sum = f32x4.add(a, c)
    put(to, apart, isHalved, a)
    put(to + toStep, apart, isHalved, f32x4.mul(f32x4.add(sum, b), half))
    put(to + 2 * toStep, apart, isHalved, f32x4.mul(f32x4.sub(sum, b), half))
    put(to + 3 * toStep, apart, isHalved, c)
    return
  }
  if (map == STRIDED_KERNELS) {
    put(to, apart, isHalved, a)
    put(to + toStep, apart, isHalved, f32x4.add(a, c))
    put(to + 2 * toStep, apart, isHalved, c)
    put(to + 3 * toStep, apart, isHalved, b)
    put(to + 4 * toStep, apart, isHalved, b)
    return
  }
  const d = v128.load(from + 3 * step)
  if (map == IMAGES) {
    put(to, apart, isHalved, f32x4.sub(a, c))
    put(to + toStep, apart, isHalved, f32x4.add(b, c))
    put(to + 2 * toStep, apart, isHalved, f32x4.sub(c, b))
    put(to + 3 * toStep, apart, isHalved, f32x4.sub(b, d))
    return
  }
  if (map == RESULTS) {
    put(to, apart, isHalved, f32x4.add(f32x4.add(a, b), c))
    put(to + toStep, apart, isHalved, f32x4.sub(f32x4.sub(b, c), d))
    return
  }
  if (map == KERNEL_SLOPES) {
    const half = f32x4.splat(0.5)
    const sum = f32x4.mul(f32x4.add(b, c), half)
    put(to, apart, isHalved, f32x4.add(a, sum))
    put(to + toStep, apart, isHalved, f32x4.mul(f32x4.sub(b, c), half))
    put(to + 2 * toStep, apart, isHalved, f32x4.add(d, sum))
    return
  }
  const e = v128.load(from + 4 * step)
  if (map == STRIDED_IMAGES) {
    put(to, apart, isHalved, f32x4.sub(a, c))
    put(to + toStep, apart, isHalved, c)
    put(to + 2 * toStep, apart, isHalved, f32x4.sub(c, e))
    put(to + 3 * toStep, apart, isHalved, b)
    put(to + 4 * toStep, apart, isHalved, d)
    return
  }
  if (map == STRIDED_RESULTS) {
    put(to, apart, isHalved, f32x4.add(f32x4.add(a, b), d))
    put(to + toStep, apart, isHalved, f32x4.add(f32x4.sub(b, c), e))
    return
  }
  if (map == SPREAD_RESULTS) {
    put(to, apart, isHalved, d)
    put(to + toStep, apart, isHalved, f32x4.add(a, b))
    put(to + 2 * toStep, apart, isHalved, e)
    put(to + 3 * toStep, apart, isHalved, f32x4.sub(b, c))
    return
  }
  // STRIDED_KERNEL_SLOPES
  put(to, apart, isHalved, f32x4.add(a, b))
  put(to + toStep, apart, isHalved, f32x4.add(d, e))
  put(to + 2 * toStep, apart, isHalved, f32x4.add(b, c))
}


@inline
function mapAll(
  map: i32,
  isHalved: bool,
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
  apart: usize,
): void {
  for (let i = 0; i < count; i++, to += toNext, from += next)
    mapOne(map, isHalved, to, toStep, from, step, apart)
}

function images(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(IMAGES, false, count, to, toNext, toStep, from, next, step, 0)
}

function stridedImages(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(STRIDED_IMAGES, false, count, to, toNext, toStep, from, next, step, 0)
}

function spreadImages(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(SPREAD_IMAGES, false, count, to, toNext, toStep, from, next, step, 0)
}

function slopes(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(SLOPES, false, count, to, toNext, toStep, from, next, step, 0)
}

function stridedSlopes(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(STRIDED_SLOPES, false, count, to, toNext, toStep, from, next, step, 0)
}

function results(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(RESULTS, false, count, to, toNext, toStep, from, next, step, 0)
}

function stridedResults(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(STRIDED_RESULTS, false, count, to, toNext, toStep, from, next, step, 0)
}

function spreadResults(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(SPREAD_RESULTS, false, count, to, toNext, toStep, from, next, step, 0)
}

function kernels(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(KERNELS, false, count, to, toNext, toStep, from, next, step, 0)
}

function stridedKernels(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(STRIDED_KERNELS, false, count, to, toNext, toStep, from, next, step, 0)
}

function kernelSlopes(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(KERNEL_SLOPES, false, count, to, toNext, toStep, from, next, step, 0)
}

function stridedKernelSlopes(
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  mapAll(STRIDED_KERNEL_SLOPES, false, count, to, toNext, toStep, from, next, step, 0)
}

/**
 * Maps `count` lines: the vectors of one stand `step` bytes apart and the next begins `next` bytes further; results are put alike, `toStep`
 * apart, from `toNext` to `toNext`.
 */
export function mapLines(
  map: i32,
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
): void {
  switch (map) {
    case IMAGES: {
      images(count, to, toNext, toStep, from, next, step)
      break
    }
    case STRIDED_IMAGES: {
      stridedImages(count, to, toNext, toStep, from, next, step)
      break
    }
    case SPREAD_IMAGES: {
      spreadImages(count, to, toNext, toStep, from, next, step)
      break
    }
    case SLOPES: {
      slopes(count, to, toNext, toStep, from, next, step)
      break
    }
    case STRIDED_SLOPES: {
      stridedSlopes(count, to, toNext, toStep, from, next, step)
      break
    }
    case RESULTS: {
      results(count, to, toNext, toStep, from, next, step)
      break
    }
    case STRIDED_RESULTS: {
      stridedResults(count, to, toNext, toStep, from, next, step)
      break
    }
    case SPREAD_RESULTS: {
      spreadResults(count, to, toNext, toStep, from, next, step)
      break
    }
    case KERNELS: {
      kernels(count, to, toNext, toStep, from, next, step)
      break
    }
    case STRIDED_KERNELS: {
      stridedKernels(count, to, toNext, toStep, from, next, step)
      break
    }
    case KERNEL_SLOPES: {
      kernelSlopes(count, to, toNext, toStep, from, next, step)
      break
    }
    case STRIDED_KERNEL_SLOPES: {
      stridedKernelSlopes(count, to, toNext, toStep, from, next, step)
      break
    }
    default:
      unreachable()
  }
}

/** As `mapLines`, for SLOPES or STRIDED_SLOPES; the two halves of each result are put `apart` bytes from each other. */
export function mapHalved(
  map: i32,
  count: i32,
  to: usize,
  toNext: usize,
  toStep: usize,
  from: usize,
  next: usize,
  step: usize,
  apart: usize,
): void {
  if (map == SLOPES) mapAll(SLOPES, true, count, to, toNext, toStep, from, next, step, apart)
  else mapAll(STRIDED_SLOPES, true, count, to, toNext, toStep, from, next, step, apart)
}
