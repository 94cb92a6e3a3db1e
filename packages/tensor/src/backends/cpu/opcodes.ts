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
 * One pass over an index space, block by block.
 * [FUSED, words, rank, sizes × rank, inputs, (address, strides × rank) × inputs, literals, bits × literals,
 *  operations, (operation, to, a, b, c) × operations, outputs, (slot, address) × outputs, slots]
 * Slots number values: the inputs first, then the literals, then results. A result's slot (never an input's or a literal's) may be used again once it is dead, so `slots` (inputs and
 * literals included) bounds the scratch that a thread needs: see `fusedThreadWords` of scratch.ts. Outputs are contiguous over the index space, and may
 * stand where an input stands that has the index space's own strides. Unused operands are 0.
 */
export const FUSED = 4

/** Elements that one FUSED block holds. */
export const BLOCK = 256

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
export const DIRECT = 20
export const DIRECT_MAP = 0
export const DIRECT_KERNEL_SLOPE = 1

export const F32 = 0
export const I32 = 1
export const U32 = 2

// Operations of FUSED. Without a suffix: f32, or the same for every type.
export const OP_ADD = 1
export const OP_SUB = 2
export const OP_MUL = 3
export const OP_DIV = 4
export const OP_MOD = 5
export const OP_MAX = 6
export const OP_MIN = 7
export const OP_POW = 8
export const OP_ATAN2 = 9
export const OP_NEG = 10
export const OP_ABS = 11
export const OP_SIGN = 12
export const OP_FLOOR = 13
export const OP_CEIL = 14
export const OP_ROUND = 15
export const OP_SQRT = 16
export const OP_EXP = 17
export const OP_EXPM1 = 18
export const OP_LOG = 19
export const OP_LOG1P = 20
export const OP_SIN = 21
export const OP_COS = 22
export const OP_TANH = 23
export const OP_ERF = 24
export const OP_ERFINV = 25
export const OP_LGAMMA = 26
/** The order stands in operand c, as a number, not a slot. */
export const OP_POLYGAMMA = 27
export const OP_NORMAL_FROM_BITS = 28
/** a ? b : c, where a holds 0 or 1. */
export const OP_SELECT = 29
export const OP_EQ = 30
export const OP_LT = 31
export const OP_LE = 32
export const OP_AND = 33
export const OP_OR = 34
export const OP_XOR = 35
/** Logical not of 0 or 1. */
export const OP_NOT_BOOL = 36
/** Bitwise not. */
export const OP_NOT = 37
export const OP_SHIFT_LEFT = 38
export const OP_SHIFT_RIGHT_I32 = 39
export const OP_SHIFT_RIGHT_U32 = 40
export const OP_ADD_WHOLE = 41
export const OP_SUB_WHOLE = 42
export const OP_MUL_WHOLE = 43
export const OP_DIV_I32 = 44
export const OP_DIV_U32 = 45
export const OP_MOD_I32 = 46
export const OP_MOD_U32 = 47
export const OP_MAX_I32 = 48
export const OP_MAX_U32 = 49
export const OP_MIN_I32 = 50
export const OP_MIN_U32 = 51
export const OP_NEG_I32 = 52
export const OP_ABS_I32 = 53
export const OP_SIGN_I32 = 54
/** Equality of words: i32, u32 and bool. */
export const OP_EQ_WHOLE = 55
export const OP_LT_I32 = 56
export const OP_LT_U32 = 57
export const OP_LE_I32 = 58
export const OP_LE_U32 = 59
export const OP_F32_TO_I32 = 60
export const OP_F32_TO_U32 = 61
/** x ≠ 0 (NaN is not zero). */
export const OP_F32_TO_BOOL = 62
/** Also from bool. */
export const OP_I32_TO_F32 = 63
export const OP_U32_TO_F32 = 64
/** word ≠ 0. */
export const OP_WHOLE_TO_BOOL = 65
/** The same word under another type. */
export const OP_COPY = 66
