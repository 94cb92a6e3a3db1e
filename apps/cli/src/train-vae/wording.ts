import type { Metrics } from '@elbo/train'
import type { Wording } from '../training/progress.js'
import { count, number, seconds } from '../training/wording.js'

/** The bound and its two terms, in nats per image. */
const bound = (metrics: Metrics): string =>
  `ELBO ${number(metrics['elbo'])} (reconstruction ${number(metrics['reconstruction'])}, KL ${number(metrics['kl'])})`

export const vaeWording = (epochs: number): Wording => ({
  epoch: epoch => `epoch ${epoch}/${epochs}`,
  step: ({ metrics, examplesPerSecond }) =>
    `loss ${number(metrics['loss'])}  ${bound(metrics)}  ${count(examplesPerSecond)} images/s`,
  tested: ({ train, test, seconds: spent }) =>
    `train ${bound(train)}  test ${bound(test)}  ${seconds(spent)}`,
  patience: 'the test ELBO has not risen',
})
