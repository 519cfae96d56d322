import { IntersectionType } from '@nestjs/swagger';
import { PageQuery, pageView } from '../http/pages.js';
import { operationView } from '../operations/operations.view.js';
import {
  declareService,
  deleteService,
  endpointsOf,
  planService,
  requireService,
  rollBackService,
  type Site,
} from '../services/services.js';
import { DeclareService, RollBackService, ServiceAt } from '../services/services.dto.js';
import { rolloutView } from '../services/rollouts.view.js';
import { iterationView, serviceSummaryView, serviceView } from '../services/services.view.js';
import type { ServicesDefinition } from './gen/diecast/v1/services.js';
import { changes, lookAt, patienceOf, reads, starts, type RpcsOf, type UnaryRpc } from './rpc.js';

const ServiceBody = IntersectionType(ServiceAt, DeclareService);
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
  listIterations: reads(ServicePage, async (store, { name, ...page }) => {
    await requireService(store, name);
    return pageView(await store.services.iterations(name, page), iterationView);
  }),
  listRollouts: reads(ServicePage, async (store, { name, ...page }) => {
    await requireService(store, name);
    return pageView(await store.rollouts.list(name, page), rolloutView);
  }),
  listEndpoints: reads(ServiceAt, async (store, { name }) => ({ items: await endpointsOf(store, name) })),
});

/** Like `starts`, except that there may be nothing to start. */
function declares(site: Site): UnaryRpc<Declared> {
  const declared = changes(
    'operator',
    ServiceBody,
    async (store, { name, ...wanted }, by): Promise<Declared> => {
      const { change, service, iteration, operation } = await declareService(store, site, name, wanted, by);
      return {
        change,
        service: serviceView(service, iteration),
        operation: operation && operationView(operation),
      };
    },
  );
  return {
    role: declared.role,
    answer: async (request, call) => {
      const patience = patienceOf(call);
      const view = await declared.answer(request, call);
      return view.operation === null || patience === 0
        ? view
        : { ...view, operation: await lookAt(call, view.operation.id, patience) };
    },
  };
}

type Declared = {
  readonly change: string;
  readonly service: ReturnType<typeof serviceView>;
  readonly operation: ReturnType<typeof operationView> | null;
};
