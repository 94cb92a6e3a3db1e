import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { generate, key, open, type Backend, type BackendError, type PassName, type Step } from '@elbo/tensor'
import { evaluateOn, type Evaluation, type Metrics } from '@elbo/train'
import {
  characterGru,
  type CharacterArchitecture,
  type CharacterGruParameters,
  type CharacterStates,
} from './architecture.js'
import { emptyStates, type CharacterState } from './checkpoint.js'
import { streamsOf, type TextSequences } from './corpus.js'
import { bitsOf, pieceAt, textSpecs, type Scalar, type TextInput } from './step.js'

/** Streams of an evaluation, whatever the batches of the run: its results compare. */
const evaluationStreams = 64

/**
 * Compiles the evaluation of a character model over a text: bits per character, and the same in nats as `loss`. The text is read as 64 streams
 * (fewer where it is short), each from its beginning to its end with the states carried on. The parameters are an input, so one program
 * serves all epochs.
 */
export const openCharacterEvaluation =
  (architecture: CharacterArchitecture, text: TextSequences, passes?: readonly PassName[]) =>
  (backend: Backend): TaskEither<BackendError, Evaluation<CharacterState>> => {
    const model = characterGru(architecture)
    // The expressions of the parameters are their specs; nothing is computed.
    const parameters = generate(key(0))(model.init)
    const streams = Math.min(evaluationStreams, text.count)
    const pieces = streamsOf(text, streams)
    const length = text.gather([0]).inputs.shape[1]
    const step = (
      { carried }: { readonly carried: CharacterStates },
      { parameters: weights, ...piece }: TextInput & { readonly parameters: CharacterGruParameters },
    ) => {
      const [bits, states] = bitsOf(model, weights, piece, carried)
      return [{ carried: states }, { bits }] as const
    }
    return pipe(
      evaluateOn(backend)({ carried: emptyStates(architecture, streams) }),
      TE.chain(state =>
        pipe(
          backend,
          open(step as unknown as Step<typeof state, object, { readonly bits: Scalar }>, {
            state,
            inputs: { parameters, ...textSpecs(streams, length) },
            ...(passes === undefined ? {} : { passes }),
          }),
        ),
      ),
      TE.map(session => ({
        dispose: session.dispose,
        evaluate: state => async () => {
          let total = 0
          for (let place = 0; place < pieces.count; place++) {
            const result = await session.step({ parameters: state.parameters, ...pieceAt(pieces, place) })()
            if (result._tag === 'Left') return result
            total += result.right.bits.data[0]
          }
          const bitsPerCharacter = total / pieces.count
          return TE.right<BackendError, Metrics>({
            loss: bitsPerCharacter * Math.LN2,
            bitsPerCharacter,
          })()
        },
      })),
    )
  }
