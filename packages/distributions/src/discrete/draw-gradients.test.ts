import { walkDraws } from '../laws/draw-gradients.testing.js'
import { table } from './table.testing.js'

walkDraws('discrete', table, {
  Delta: { smooth: ['value'] },
  RelaxedOneHotCategorical: { smooth: ['temperature', 'probs', 'logits'] },
})
