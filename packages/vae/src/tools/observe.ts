import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  foldIn,
  key,
  open,
  reshape,
  spec,
  split,
  type Backend,
  type BackendError,
  type Key,
} from '@elbo/tensor'
import type { IndexedImages } from '../image-source.js'
import type { PixelView } from '../likelihoods/likelihood.js'
import { evaluationBatch } from '../training.js'
import { counted, type RowValues } from './trained.js'

/** The draws of a batch: those of an evaluation in training, by its number, so that the bound is the same number. */
export const drawsOf = (
  batch: Parameters<typeof foldIn>[0],
  seed: number,
): readonly [pixels: Key, codes: Key] => split(foldIn(batch)(key(seed)), 2) as readonly [Key, Key]

/**
 * The pixels that a model sees of the first `examples` images, one row each: for binary pixels one draw, which is the same for every model and
 * every tool.
 */
export const observe =
  (backend: Backend) =>
  (
    view: PixelView,
    images: IndexedImages,
    { examples = images.shape[0], seed = 0 }: { readonly examples?: number; readonly seed?: number } = {},
  ): TaskEither<BackendError, RowValues> => {
    const [all, height, width] = images.shape
    if (!Number.isSafeInteger(examples) || examples < 1 || examples > all)
      throw new RangeError(`observe: ${examples} examples of ${all}`)
    // A batch of the whole set: its first images have the same pixels, however many are asked for.
    const size = Math.min(evaluationBatch, all)
    const pixels = height * width
    return pipe(
      backend,
      open(
        (_: object, given) => {
          const rows = reshape([size, pixels])(given.images)
          return [{}, { rows: view.observe(rows, drawsOf(given.batch, seed)[0]) }] as const
        },
        { state: {}, inputs: { images: spec([size, height, width]), batch: spec([], 'u32') } },
      ),
      TE.chain(session =>
        TE.bracket(
          TE.right(session),
          ({ step }) => {
            const data = new Float32Array(examples * pixels)
            const batches = Array.from({ length: Math.ceil(examples / size) }, (_, i) => i)
            return pipe(
              batches,
              TE.traverseSeqArray(batch =>
                pipe(
                  TE.of({
                    images: images.gather(
                      Array.from({ length: size }, (_, i) => Math.min(batch * size + i, all - 1)),
                    ),
                    batch: counted(batch),
                  }),
                  TE.chain(step),
                  TE.map(({ rows }) => {
                    const from = batch * size * pixels
                    data.set(rows.data.subarray(0, Math.min(rows.data.length, data.length - from)), from)
                  }),
                ),
              ),
              TE.map((): RowValues => ({ shape: [examples, pixels], dtype: 'f32', data })),
            )
          },
          ({ dispose }) => dispose,
        ),
      ),
    )
  }
