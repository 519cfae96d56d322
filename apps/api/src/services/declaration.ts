import {
  PROOF_SERVICE,
  userDataProblems,
  type FieldError,
  type Image,
  type IterationSpec,
  type ServiceSettings,
  type TrafficSpec,
  type UserDataSpec,
} from '@diecast/model';
import { roomNeeded } from '@diecast/planning';
import { firmwareOf } from '../machines/firmware.js';
import { healthProblems, toHealth } from '../machines/health.js';
import { networkProblems, toNetwork } from '../machines/network.js';
import { rolloutProblems, toRollout } from './rollout.js';
import type { DeclareService, UserDataBody } from './services.dto.js';

/** What is stored of a declaration: the spec is frozen in an iteration, the settings may change without casting machines. */
export type Declaration = { readonly spec: IterationSpec; readonly settings: ServiceSettings };

/** What no field can say of itself. */
export function declarationProblems(name: string, wanted: DeclareService): readonly FieldError[] {
  const settings = settingsOf(wanted);
  const problems: FieldError[] = [];
  if (name === PROOF_SERVICE)
    problems.push({ path: 'name', message: `must not be ${PROOF_SERVICE}: images are proven under it` });
  return [
    ...problems,
    ...rolloutProblems(wanted.rollout ?? {}, 'rollout'),
    ...networkProblems(wanted.network, 'network', roomNeeded(settings)),
    ...healthProblems(wanted.health, 'health'),
    ...userDataProblems(toUserData(wanted.userData)),
  ];
}

/** With every default filled in, so that the same declaration is always the same iteration. */
export function complete(name: string, wanted: DeclareService, image: Image): Declaration {
  const { vcpus, memoryMiB, firmware, cpu } = wanted.machine;
  return {
    spec: {
      image: image.digest,
      machine: {
        vcpus,
        memoryMiB,
        firmware: firmwareOf(image, firmware, 'machine.firmware'),
        cpu: cpu ?? 'portable',
      },
      network: toNetwork(wanted.network),
      userData: toUserData(wanted.userData),
      health: toHealth(wanted.health),
      traffic: toTraffic(name, wanted),
      sandbox: { profile: wanted.sandbox?.profile ?? 'default' },
    },
    settings: settingsOf(wanted),
  };
}

function settingsOf({ replicas, rollout, placement }: DeclareService): ServiceSettings {
  return {
    replicas: replicas ?? 1,
    rollout: toRollout(rollout ?? {}),
    placement: {
      // In any order it is the same wish.
      hosts: [...new Set(placement?.hosts)].toSorted(),
      spread: placement?.spread ?? 'hosts',
    },
  };
}

const toTraffic = (name: string, { traffic, health }: DeclareService): TrafficSpec => ({
  provider: traffic?.provider ?? 'none',
  backend: traffic?.backend ?? name,
  port: traffic?.port ?? health.port ?? 80,
});

function toUserData(userData: UserDataBody | undefined): UserDataSpec {
  const { cloudInit, credentials } = userData ?? {};
  return {
    ...(cloudInit === undefined
      ? {}
      : {
          cloudInit: {
            userData: cloudInit.userData,
            ...(cloudInit.metaData === undefined ? {} : { metaData: cloudInit.metaData }),
            ...(cloudInit.networkConfig === undefined ? {} : { networkConfig: cloudInit.networkConfig }),
          },
        }),
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
  };
}
