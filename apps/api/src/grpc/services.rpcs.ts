import { IntersectionType } from '@nestjs/swagger';
import type { Rollout } from '@diecast/model';
import type { Store } from '@diecast/store';
import { PageQuery, pageView } from '../http/pages.js';
import { operationView, type OperationView } from '../operations/operations.view.js';
import { endpointsOf } from '../services/endpoints.js';
import {
  declareService,
  deleteService,
  planService,
  requireService,
  rollBackService,
  type Site,
} from '../services/services.js';
import { DeclareService, PlanHeld, RollBackService, RolloutAt, ServiceAt } from '../services/services.dto.js';
import { readReceipt } from '../services/receipts.js';
import { wholeRolloutView } from '../services/receipts.view.js';
import { rolloutView, type RolloutView } from '../services/rollouts.view.js';
import { iterationView, serviceSummaryView, serviceView } from '../services/services.view.js';
import { abortRollout, pauseRollout, promoteRollout, resumeRollout } from '../services/steering.js';
import type { ServicesDefinition } from './gen/diecast/v1/services.js';
import { changes, lookAt, patienceOf, reads, starts, type RpcsOf, type UnaryRpc } from './rpc.js';

const ServiceBody = IntersectionType(ServiceAt, DeclareService);
const DeclareBody = IntersectionType(ServiceBody, PlanHeld);
const ServicePage = IntersectionType(ServiceAt, PageQuery);

export const serviceRpcs = (site: Site): RpcsOf<ServicesDefinition> => ({
  declare: declares(site),
  plan: reads(ServiceBody, (store, { name, ...wanted }) => planService(store, site, name, wanted)),
  get: reads(ServiceAt, async (store, { name }) => {
    const service = await requireService(store, name);
    return serviceView(service, await store.services.iteration(name, service.iteration));
  }),
  list: reads(PageQuery, async (store, page) =>
    pageView(await store.services.list(page), serviceSummaryView),
  ),
  delete: starts('operator', ServiceAt, (store, { name }, by) => deleteService(store, name, by)),
  rollBack: starts(
    'operator',
    IntersectionType(ServiceAt, RollBackService),
    (store, { name, iteration }, by) => rollBackService(store, name, iteration ?? null, by),
  ),
  pauseRollout: steers(pauseRollout),
  resumeRollout: steers(resumeRollout),
  promoteRollout: steers(promoteRollout),
  abortRollout: mayStart(
    changes('operator', ServiceAt, async (store, { name }, by): Promise<Aborted> => {
      const { rollout, operation } = await abortRollout(store, name, by);
      return { rollout: rolloutView(rollout), operation: operation && operationView(operation) };
    }),
  ),
  listIterations: reads(ServicePage, async (store, { name, ...page }) => {
    await requireService(store, name);
    return pageView(await store.services.iterations(name, page), iterationView);
  }),
  getRollout: reads(RolloutAt, async (store, { name, number }) =>
    wholeRolloutView(await readReceipt(store, name, number)),
  ),
  listRollouts: reads(ServicePage, async (store, { name, ...page }) => {
    await requireService(store, name);
    return pageView(await store.rollouts.list(name, page), rolloutView);
  }),
  listEndpoints: reads(ServiceAt, async (store, { name }) => ({ items: await endpointsOf(store, name) })),
});

const declares = (site: Site): UnaryRpc<Declared> =>
  mayStart(
    changes('operator', DeclareBody, async (store, { name, plan, ...wanted }, by): Promise<Declared> => {
      const declared = await declareService(store, site, name, wanted, by, plan);
      const { change, service, iteration, operation } = declared;
      return {
        change,
        service: serviceView(service, iteration),
        operation: operation && operationView(operation),
      };
    }),
  );

const steers = (steer: (store: Store, name: string) => Promise<Rollout>) =>
  changes('operator', ServiceAt, async (store, { name }) => rolloutView(await steer(store, name)));

/** Like `starts`, except that there may be nothing to start. */
const mayStart = <View extends MayStart>({ role, answer }: UnaryRpc<View>): UnaryRpc<View> => ({
  role,
  answer: async (request, call) => {
    const patience = patienceOf(call);
    const view = await answer(request, call);
    return view.operation === null || patience === 0
      ? view
      : { ...view, operation: await lookAt(call, view.operation.id, patience) };
  },
});

type MayStart = { readonly operation: OperationView | null };

type Declared = MayStart & {
  readonly change: string;
  readonly service: ReturnType<typeof serviceView>;
};

type Aborted = MayStart & { readonly rollout: RolloutView };
