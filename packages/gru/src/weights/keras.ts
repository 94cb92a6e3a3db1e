import { blocksOf, placesOf, updateFirst, type Form, type Layout, type Place } from './layout.js'

export interface KerasOptions {
  /** What stands before `kernel` for a direction of a layer; `0.forward.` and so on unless told. */
  readonly prefix?: (place: Place) => string
}

/**
 * The weights of `keras.layers.GRU`, one layer for each of ours and each direction: `kernel` [inputs, 3·units], `recurrent_kernel`
 * [units, 3·units], columns z, r, h; `bias` [2, 3·units] with `reset_after=True`, Keras's default, and [3·units] without.
 */
export const keras =
  ({ prefix = ({ layer, way }) => `${layer}.${way}.` }: KerasOptions = {}) =>
  (form: Form): Layout => ({
    name: 'Keras',
    resetAfter: form.resetAfter,
    tensors: placesOf(form).flatMap(place => {
      const blocks = blocksOf(form, place, updateFirst, false)
      const columns = 3 * form.hidden
      return [
        { name: `${prefix(place)}kernel`, shape: [place.inputs, columns], blocks: [blocks.inputWeight] },
        {
          name: `${prefix(place)}recurrent_kernel`,
          shape: [form.hidden, columns],
          blocks: [blocks.stateWeight],
        },
        form.resetAfter
          ? { name: `${prefix(place)}bias`, shape: [2, columns], blocks: [blocks.bias, blocks.stateBias] }
          : { name: `${prefix(place)}bias`, shape: [columns], blocks: [blocks.bias] },
      ]
    }),
  })
