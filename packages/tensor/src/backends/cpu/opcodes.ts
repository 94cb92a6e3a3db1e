// The language between the planner (TypeScript) and the kernels (AssemblyScript): both compile this very file, so it holds plain constants only.
//
// A plan is a list of 32-bit words in linear memory. Every command is [opcode, words, ...arguments], `words` counting the whole command.
// Addresses are byte offsets; sizes and strides count elements of four bytes. Every thread walks the same list; unless its opcode says
// otherwise, a command splits its outputs among the threads and ends at a barrier. Each output element is computed by one thread in a
// fixed order, so that results do not depend on the number of threads.

/** The end of a plan or of a loop's body. [END, 2] */
export const END = 0

/** [FILL, 5, to, count, bits]: the word `bits`, everywhere. */
export const FILL = 1

/** [IOTA, 5, to, count, isFloat]: 0, 1, 2, … as i32/u32 words or as f32. */
export const IOTA = 2

/**
 * [COPY, words, to, from, rank, sizes × rank, toStrides × rank, fromStrides × rank]: a strided copy, outermost axis first; strides may be
 * zero (broadcast) or negative (reverse). Serves transpose, slice, reverse, broadcast, and the parts of concat and pad.
 */
export const COPY = 3

/**
 * [FUSED, 5, pass, size, turn]: the elements of pass number `pass`, of which there are `size`. Its arrays that turn with the loop around it move on by `turn`
 * bytes at each step. Passes are functions made for one program (code/pass.ts), which
 * stand in the kernels' table from FIRST_PASS on.
 */
export const FUSED = 4
export const FIRST_PASS = 1

/**
 * [REDUCE, words, pass, outer, length, inner, reductions, (opcode, to, scratch) × reductions]: reductions of what a pass computes, in one go with it: each
 * as its own command (SUM, MAX, …) does it, of the value whose place is PLACE times its number in the list. At most MOST_REDUCTIONS.
 */
export const REDUCE = 20
/** Bytes of a place of a thread's scratch: 512 elements of a row, or 8 rows of 128. */
export const PLACE = 4096
export const MOST_REDUCTIONS = 4

/**
 * [SUM, 8, to, from, outer, length, inner, scratch], f32: to[o, i] = Σ over k of from[o, k, i], in an order that depends on the sizes alone (pairwise
 * or blocked, for accuracy). `scratch` has room for `partials(outer, length, inner)` words, see scratch.ts.
 */
export const SUM = 5
/** As SUM, for i32 and u32: wraps modulo 2³². */
export const SUM_WHOLE = 6
/** As SUM, the largest; NaN where there is one. An empty axis gives −∞. */
export const MAX = 7
/** As SUM, the largest i32; an empty axis gives −2³¹. */
export const MAX_I32 = 8
/** As SUM, the largest u32; an empty axis gives 0. */
export const MAX_U32 = 9

/** Partial results that a reduction of this many elements (outer = inner = 1) is cut into: at most this many elements each. */
export const REDUCTION_CHUNK = 4096

/** [ARGMAX, 8, to, from, outer, length, inner, type]: positions of the first largest (of the first NaN). `type` is one of F32, I32, U32. */
export const ARGMAX = 10
/** [CUMSUM, 9, to, from, outer, length, inner, reverse, type]: running sums along the middle axis. */
export const CUMSUM = 11
/** [ARGSORT, 9, to, from, rows, length, descending, type, scratch]: stable; NaN is the largest. `scratch` has `rows × length` words. */
export const ARGSORT = 12

/**
 * [MATMUL, 20, to, left, right, batch, m, n, k, leftBatch, leftRow, leftColumn, rightBatch, rightRow, rightColumn, toBatch, toRow, accumulate, packRight, packLeft]:
 * to[b] (+)= left[b] × right[b]. Strides count elements; of (leftRow, leftColumn) and of (rightRow, rightColumn) one is 1. `to` has unit column stride.
 * `packRight` and `packLeft` are scratch for packed panels of the right operand and packed rows of the left, shared by all threads:
 * sizes from `packRightWords(m, n, k)` and `packLeftWords(m, n, k)` of scratch.ts.
 */
export const MATMUL = 13

/**
 * [UNFOLD, 22, to, from, planes, height, width, kernelHeight, kernelWidth, outHeight, outWidth, strideY, strideX, padTop, padLeft, dilationY, dilationX,
 *  toPlane, toKernel, toRow, isFold, 0]: windows of images, plane by plane: to[plane·toPlane + (u·kernelWidth + v)·toKernel + (i·outWidth + j)·toRow].
 * With isFold, the adjoint: `to` are the images (cleared first), `from` the windows under those strides.
 */
export const UNFOLD = 14

/** [GATHER, 10, to, from, index, batch, length, count, inner, absentBits]. */
export const GATHER = 15
/** [SCATTER_ADD, 10, to, index, updates, batch, length, count, inner, type]: clears `to` first; adds in the order of count. */
export const SCATTER_ADD = 16
/** [THREEFRY, 7, to, key, counter, count, domain]: both output words, to[2, count]. */
export const THREEFRY = 17

/**
 * [LOOP, words, steps, reverse, copies, (toAddress, toStride, fromAddress, fromStride, count) × copies before a step, copies after a step (same form preceded by their count), bodyWords, …body, END]
 * that is [LOOP, words, steps, reverse, before, 5 × before, after, 5 × after, ...body commands..., END, 2]. At step t (counted backwards with
 * `reverse`) a copy moves `count` words from fromAddress + t·fromStride·4 to toAddress + t·toStride·4; copies end at barriers as commands do.
 */
export const LOOP = 18

/**
 * Convolution with kernels of 3 × 3 by tiles of 2 × 2 results, whose elementwise products are 16 or 25 products of matrices. `scheme` says
 * which maps there are between: WINOGRAD_EACH for windows that step by one, WINOGRAD_STRIDED for windows that step by two, WINOGRAD_SPREAD for
 * the gradient of the latter in its images. Threads part blocks of `blockRows` rows (or parts of a row, `blockColumns` long) of all images' tiles.
 * [WINOGRAD, 22, WINOGRAD_MAP, to, from, kernel, scheme, images, channels, height, width, features, outHeight, outWidth, top, left, toTop, toLeft,
 *  down, across, blockRows, blockColumns]: images [images, channels, height, width] into results [images, features, outHeight, outWidth];
 *  the first tile reads from pixel (−top, −left) on, and writes from pixel (toTop, toLeft) on. `kernel` is what WINOGRAD_KERNEL made;
 * [WINOGRAD, 22, WINOGRAD_SLOPES, partials, images, slopes, scheme, …as above up to left, parts, chunk, down, across, blockRows, blockColumns]: the
 *  gradient in transformed kernels, [parts, elements, features to a multiple of 4, channels to one of 16], by chunks of features and channels;
 * [WINOGRAD, 9, WINOGRAD_KERNEL, to, kernels, scheme, features, channels, isTurned]: kernels [features, channels, 3, 3] into panels
 *  [elements, features / 16, channels, 16] or, turned by half a circle, [elements, channels / 16, features, 16];
 * [WINOGRAD, 9, WINOGRAD_KERNEL_SLOPE, kernels, partials, scheme, features, channels, parts]: the adjoint of the former.
 */
export const WINOGRAD = 19
export const WINOGRAD_MAP = 0
export const WINOGRAD_SLOPES = 1
export const WINOGRAD_KERNEL = 2
export const WINOGRAD_KERNEL_SLOPE = 3

export const WINOGRAD_EACH = 0
export const WINOGRAD_STRIDED = 1
export const WINOGRAD_SPREAD = 2

/**
 * Convolution for windows that step by one, without unfolding them; threads part blocks of `rows` rows of results, or parts of the images.
 * [DIRECT, 22, DIRECT_MAP, to, images, kernels, count, channels, height, width, features, outHeight, outWidth, kernelHeight, kernelWidth, padTop,
 *  padLeft, dilationY, dilationX, rows, 0, 0];
 * [DIRECT, 22, DIRECT_KERNEL_SLOPE, to, images, slopes, …the same up to rows, partials, parts]: the gradient in kernels of 3 × 3. `partials` has room
 *  for the kernels of every part.
 */
export const DIRECT = 21
export const DIRECT_MAP = 0
export const DIRECT_KERNEL_SLOPE = 1

export const F32 = 0
export const I32 = 1
export const U32 = 2
