import { blocksOf, placesOf, resetFirst, type Form, type Layout } from './layout.js'

export interface PyTorchOptions {
  /** What stands before the names in the file: `gru.` where the module is an attribute of that name. Nothing unless told. */
  readonly prefix?: string
}

/**
 * `torch.nn.GRU`'s state dictionary: `weight_ih_l0` [3·hidden, inputs], `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, with `_reverse` for the
 * backward direction; rows r, z, n. Its reset gate acts after the product.
 */
export const pytorch =
  ({ prefix = '' }: PyTorchOptions = {}) =>
  (form: Form): Layout => ({
    name: 'PyTorch',
    resetAfter: true,
    tensors: placesOf(form).flatMap(place => {
      const blocks = blocksOf(form, place, resetFirst, true)
      const suffix = `l${place.layer}${place.way === 'backward' ? '_reverse' : ''}`
      const rows = 3 * form.hidden
      return [
        { name: `${prefix}weight_ih_${suffix}`, shape: [rows, place.inputs], blocks: [blocks.inputWeight] },
        { name: `${prefix}weight_hh_${suffix}`, shape: [rows, form.hidden], blocks: [blocks.stateWeight] },
        { name: `${prefix}bias_ih_${suffix}`, shape: [rows], blocks: [blocks.bias] },
        { name: `${prefix}bias_hh_${suffix}`, shape: [rows], blocks: [blocks.stateBias] },
      ]
    }),
  })
