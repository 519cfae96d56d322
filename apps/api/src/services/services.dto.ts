import {
  ChoiceField,
  DigestField,
  NameField,
  NamesField,
  ObjectField,
  TextField,
  TextMapField,
  WholeField,
  WholeQueryField,
} from '../http/fields.js';
import { REFERENCE_OPTIONS } from '../images/images.dto.js';
import { HealthBody } from '../machines/health.dto.js';
import { MachineBody } from '../machines/machine.dto.js';
import { NetworkBody } from '../machines/network.dto.js';
import { RolloutBody } from './rollout.dto.js';

export class ServiceAt {
  @NameField('Name of the service.', { example: 'web' })
  readonly name!: string;
}

export class RolloutAt extends ServiceAt {
  @WholeQueryField('Number of the rollout.', 1, 2_147_483_647, { example: 4 })
  readonly number!: number;
}

export class CloudInitBody {
  @TextField('user-data, as it stands.', { most: 262_144 })
  readonly userData!: string;

  @TextField('meta-data, as it stands.', { most: 65_536, optional: true })
  readonly metaData?: string;

  @TextField('network-config, as it stands.', { most: 65_536, optional: true })
  readonly networkConfig?: string;
}

/** What a machine is told when it starts. Answers of the API never repeat it. */
export class UserDataBody {
  @ObjectField('For cloud-init (NoCloud).', () => CloudInitBody, { optional: true })
  readonly cloudInit?: CloudInitBody;

  @TextMapField('systemd credentials, by name (systemd.exec(5)).', {
    most: 64,
    name: /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    mostCharacters: 65_536,
    optional: true,
  })
  readonly credentials?: Record<string, string>;
}

export class TrafficBody {
  @ChoiceField(
    '`haproxy`: machines enter the balancer when they are healthy. `none`: nobody sends them anything.',
    ['haproxy', 'none'],
  )
  readonly provider!: 'haproxy' | 'none';

  @NameField('Backend of the balancer; the name of the service by default.', { optional: true })
  readonly backend?: string;

  @WholeField('Port that the machines serve; that of the health check by default, else 80.', 1, 65_535, {
    optional: true,
  })
  readonly port?: number;
}

export class PlacementBody {
  @NamesField('Only these hosts; none given: any.', { most: 1000, optional: true, default: [] })
  readonly hosts?: string[];

  @ChoiceField('`hosts`: as few machines of the service on one host as possible.', ['hosts', 'none'], {
    optional: true,
    default: 'hosts',
  })
  readonly spread?: 'hosts' | 'none';
}

export class SandboxBody {
  @ChoiceField('How tightly a machine is locked in.', ['default', 'strict'])
  readonly profile!: 'default' | 'strict';
}

/** What you want to run. Everything that is left out has its default: nothing is kept from the declaration before. */
export class DeclareService {
  @TextField('Digest, NAME:VERSION, or name: then the newest proven one. The iteration keeps the digest.', {
    ...REFERENCE_OPTIONS,
    example: 'tiny-http',
  })
  readonly image!: string;

  @WholeField('Machines.', 0, 1000, { optional: true, default: 1, example: 3 })
  readonly replicas?: number;

  @ObjectField('What each machine is given.', () => MachineBody)
  readonly machine!: MachineBody;

  @ObjectField('Where each machine is plugged in.', () => NetworkBody)
  readonly network!: NetworkBody;

  @ObjectField('What each machine is told when it starts.', () => UserDataBody, { optional: true })
  readonly userData?: UserDataBody;

  @ObjectField('When a machine is healthy.', () => HealthBody)
  readonly health!: HealthBody;

  @ObjectField('Who sends requests to the machines; by default nobody.', () => TrafficBody, {
    optional: true,
  })
  readonly traffic?: TrafficBody;

  @ObjectField('How a new iteration takes over.', () => RolloutBody, { optional: true })
  readonly rollout?: RolloutBody;

  @ObjectField('Which hosts are good for it.', () => PlacementBody, { optional: true })
  readonly placement?: PlacementBody;

  @ObjectField('How tightly a machine is locked in.', () => SandboxBody, { optional: true })
  readonly sandbox?: SandboxBody;
}

export class PlanHeld {
  @DigestField('Hash of the plan that must still hold.', { optional: true })
  readonly plan?: string;
}

export class RollBackService {
  @WholeField(
    'Iteration to go back to; by default the last known-good one other than the current.',
    1,
    2_147_483_647,
    {
      optional: true,
      nullable: true,
    },
  )
  readonly iteration?: number | null;
}
