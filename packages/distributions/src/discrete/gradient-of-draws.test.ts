import { walkDraws } from '../laws/gradient-of-draws-without-quantiles.testing.js'
import { table } from './table.testing.js'

walkDraws('discrete', table, {
  Delta: { smooth: ['value'] },
  RelaxedOneHotCategorical: { smooth: ['temperature', 'probs', 'logits'] },
})
