/** Dependencies point one way (docs/architecture.md). A folder may import only what its row allows. */
const layers = {
  model: [],
  planning: ['model'],
  'node-libvirt': [],
  qmp: ['node-libvirt'],
  operations: ['model'],
  hypervisor: ['model', 'node-libvirt', 'qmp'],
  store: ['model', 'operations'],
  queue: ['model', 'operations'],
  traffic: ['model'],
  flows: ['model', 'planning', 'operations', 'hypervisor', 'store', 'traffic'],
  controllers: ['model', 'planning', 'operations', 'hypervisor', 'store', 'traffic', 'queue', 'flows'],
  platform: [
    'model',
    'planning',
    'operations',
    'hypervisor',
    'store',
    'traffic',
    'queue',
    'flows',
    'controllers',
  ],
};
const all = Object.keys(layers);

const direction = all.map((name) => ({
  name: `libs/${name} imports only ${layers[name].join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^libs/${name}/` },
  to: { path: `^(apps|libs/(${all.filter((n) => n !== name && !layers[name].includes(n)).join('|')}))/` },
}));

module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    ...direction,
    {
      name: 'libs never import apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'the api never opens a hypervisor connection',
      severity: 'error',
      from: { path: '^apps/api/' },
      to: { path: '^libs/(hypervisor|node-libvirt|qmp|flows|controllers)/' },
    },
    {
      name: 'the cli is a client of the REST API: of the rest it knows the model and types',
      severity: 'error',
      from: { path: '^apps/cli/' },
      to: { path: '^(apps/(?!cli/)|libs/(?!model/))', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the core knows nothing of frameworks, queues or SQL',
      severity: 'error',
      from: { path: '^libs/(model|planning|operations|node-libvirt|qmp)/' },
      to: { path: 'node_modules/(@nestjs|bullmq|ioredis|kysely|pg|@electric-sql)/' },
    },
    {
      name: 'model and planning are pure: no node modules',
      severity: 'error',
      from: { path: '^libs/(model|planning)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'SQL lives in the store',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/store/' },
      to: { path: 'node_modules/(kysely|pg|@electric-sql)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|\\.spec\\.ts$)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
