import { ofLinks, type Leaves, type Link, type Optimiser } from './optimiser.js'

const chosen =
  (select: (path: string) => boolean) =>
  (leaves: Leaves): Leaves =>
    Object.fromEntries(Object.entries(leaves).filter(([path]) => select(path)))

const maskedLink =
  (select: (path: string) => boolean) =>
  ({ name, init, update }: Link): Link => {
    const among = chosen(select)
    return {
      name,
      init: parameters => init(among(parameters)),
      update: (change, state, moment) => {
        const updated = update(among(change), state, { ...moment, parameters: among(moment.parameters) })
        const { learningRate: _, ...told } = updated
        return { ...told, change: { ...change, ...updated.change } }
      },
    }
  }

/**
 * `masked(path => path.endsWith('.weight'))(weightDecay(0.01))`: the optimiser for the leaves whose key paths are selected; the others are
 * handed on as they came, and have no state. Names of links stay, and a chain is masked link by link, so that masks do not show in the paths
 * of the state. A rate within a mask is not that of the whole, and not told.
 */
export const masked =
  (select: (path: string) => boolean) =>
  ({ links }: Optimiser): Optimiser =>
    ofLinks(links.map(maskedLink(select)))
