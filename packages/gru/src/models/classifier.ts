import { generate, split, type Key, type Tensor } from '@elbo/tensor'
import { linear, type Layer, type LinearParameters, type Rows } from '@elbo/nn'
import type { Given, Gru, GruParameters, Width } from '../gru.js'
import type { Sequence } from '../sequence.js'
import { surprise } from './cross-entropy.js'

/** Paths: `gru.0.forward.…`, `head.weight`, `head.bias`. */
export interface ClassifierParameters<In extends number, H extends number, Options, C extends number> {
  readonly gru: GruParameters<In, H, Options>
  readonly head: LinearParameters<Width<H, Options>, C>
}

export interface SequenceClassifier<
  In extends number,
  H extends number,
  Options,
  C extends number,
> extends Layer<ClassifierParameters<In, H, Options, C>, Sequence<In>, Rows<C>> {
  /** Logits of the classes, for each sequence. */
  readonly apply: (
    parameters: ClassifierParameters<In, H, Options, C>,
  ) => (x: Sequence<In>, given?: Given<H, Options>) => Rows<C>
  /** −ln P(label | sequence) of each example, in nats: [batch]. */
  readonly crossEntropy: (
    parameters: ClassifierParameters<In, H, Options, C>,
  ) => (
    x: Sequence<In>,
    labels: Tensor<readonly [number], 'i32'>,
    given?: Given<H, Options>,
  ) => Tensor<readonly [number], 'f32'>
}

/**
 * Sequences told apart by the last states of a GRU, through a linear layer:
 *
 *     sequenceClassifier(gru(28, 128), 10)
 */
export const sequenceClassifier = <In extends number, H extends number, Options, const C extends number>(
  layer: Gru<In, H, Options>,
  classes: C,
): SequenceClassifier<In, H, Options, C> => {
  const head = linear(layer.width as number, classes)
  const apply =
    (parameters: ClassifierParameters<In, H, Options, C>) => (x: Sequence<In>, given?: Given<H, Options>) => {
      const { last } = layer.apply(parameters.gru)(x, given)
      return head.apply(parameters.head)(last)
    }
  return {
    init: key => {
      const [forLayer, forHead, next] = split(key, 3) as readonly [Key, Key, Key]
      const drawn = generate(forHead)(head.init) as unknown as LinearParameters<Width<H, Options>, C>
      return [{ gru: generate(forLayer)(layer.init), head: drawn }, next]
    },
    apply,
    crossEntropy: parameters => (x, labels, given) =>
      surprise(labels)(apply(parameters)(x, given)) as unknown as Tensor<readonly [number], 'f32'>,
  }
}
