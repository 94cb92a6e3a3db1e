import { blocksOf, placesOf, updateFirst, type Form, type Layout, type Place } from './layout.js'

export interface OnnxOptions {
  /** The operator's attribute `linear_before_reset`, which its tensors do not tell. */
  readonly linearBeforeReset: boolean
  /** What stands before `W`, `R` and `B` for a layer: `0.` and so on unless told. */
  readonly prefix?: (layer: number) => string
}

/**
 * The inputs W [directions, 3·hidden, inputs], R [directions, 3·hidden, hidden] and B [directions, 6·hidden] of ONNX's operator GRU, one for each
 * layer: rows z, r, h. With `linear_before_reset` 1 it resets after the product; with 0, its default, before, and its second bias does no more
 * than add to the first.
 */
export const onnx =
  ({ linearBeforeReset, prefix = layer => `${layer}.` }: OnnxOptions) =>
  (form: Form): Layout => {
    const layers = new Map<number, Place[]>()
    for (const place of placesOf(form)) layers.set(place.layer, [...(layers.get(place.layer) ?? []), place])
    return {
      name: 'ONNX',
      resetAfter: linearBeforeReset,
      tensors: [...layers].flatMap(([layer, places]) => {
        const all = places.map(place => blocksOf(form, place, updateFirst, true))
        const [directions, rows] = [places.length, 3 * form.hidden]
        return [
          {
            name: `${prefix(layer)}W`,
            shape: [directions, rows, places[0].inputs],
            blocks: all.map(blocks => blocks.inputWeight),
          },
          {
            name: `${prefix(layer)}R`,
            shape: [directions, rows, form.hidden],
            blocks: all.map(blocks => blocks.stateWeight),
          },
          {
            name: `${prefix(layer)}B`,
            shape: [directions, 2 * rows],
            blocks: all.flatMap(({ bias, stateBias, addend }) => [
              bias,
              linearBeforeReset ? stateBias : addend,
            ]),
          },
        ]
      }),
    }
  }
