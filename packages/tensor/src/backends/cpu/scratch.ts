// Scratch memory that commands need, in words of four bytes. AssemblyScript compiles this file too, so that planner and kernels agree:
// plain functions of plain numbers only.

import { REDUCTION_CHUNK } from './opcodes.js'

/** Columns of a packed panel of the right operand of a product. */
export const PANEL = 16
/** Terms that a product adds up before their sum goes to the result: the depth of packed operands. */
export const DEPTH = 256
/** Columns of the right operand that are packed at a time. */
export const BREADTH = 2048

/** Rows that one partial result of a reduction along an axis with inner > 1 covers. */
export const REDUCTION_ROWS = 512

/** The barrier: threads arrived, generation, sleepers; all zero at first. Best on a cache line of its own: 64 bytes. */
export const BARRIER_WORDS = 16

/** Lowest bytes of memory, which belong to the module itself (tables of its special functions). */
export const RESERVED_BYTES = 4096

function roundUp(count: number, grain: number): number {
  return Math.ceil(count / grain) * grain
}

/**
 * Is `to` computed as its transpose? Tiles are 2 × PANEL: a result with few columns wastes less of them so. Its elements lie apart then,
 * which short sums do not make up for.
 */
export function isTransposedProduct(m: number, n: number, k: number): boolean {
  return k >= 16 && roundUp(m, 2) * roundUp(n, PANEL) > 1.25 * roundUp(n, 2) * roundUp(m, PANEL)
}

/** Are the operands read where they stand (at most a panel is packed, in thread scratch), rather than packed for all threads? */
export function isDirectProduct(m: number, n: number, k: number): boolean {
  return m <= 64 || m * n * k <= 262144
}

/** Words of `packRight` of a MATMUL; 0 where none is needed. */
export function packRightWords(m: number, n: number, k: number): number {
  const isTransposed = isTransposedProduct(m, n, k)
  const rows = isTransposed ? n : m
  const columns = isTransposed ? m : n
  return isDirectProduct(rows, columns, k)
    ? 0
    : Math.min(roundUp(columns, PANEL), BREADTH) * Math.min(k, DEPTH)
}

/** Words of `packLeft` of a MATMUL, for all threads together; 0 where none is needed. */
export function packLeftWords(m: number, n: number, k: number): number {
  const isTransposed = isTransposedProduct(m, n, k)
  const rows = isTransposed ? n : m
  const columns = isTransposed ? m : n
  return isDirectProduct(rows, columns, k) ? 0 : roundUp(rows, 2) * Math.min(k, DEPTH)
}

/** Elements of one partial result's share of the reduced axis. */
export function reductionChunk(inner: number): number {
  return inner === 1 ? REDUCTION_CHUNK : REDUCTION_ROWS
}

/** Words of `scratch` of a SUM or MAX of any type; 0 where none is needed. */
export function partials(outer: number, length: number, inner: number): number {
  const chunks = Math.ceil(length / reductionChunk(inner))
  return chunks > 1 ? outer * chunks * inner : 0
}

/** Words of a matrix of transformed tiles: an odd number of lines of the cache, so that as many matrices share none of its sets. */
export function tileMatrixWords(rows: number, columns: number): number {
  const lines = Math.ceil((rows * columns) / 16)
  return 16 * (lines + 1 - (lines % 2))
}

/** Words of scratch that each thread needs: a tile, a packed panel and packed rows; the axes of a copy; or places of a pass. */
export const THREAD_WORDS = 20736
