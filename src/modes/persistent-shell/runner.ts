/** `mode: persistent_shell`: one command in a named shell that keeps its state. */
import { resolve } from 'node:path';
import { messageOf } from '../../core/failure.ts';
import type { JobFolder } from '../../jobs/folder.ts';
import type { RunEnd, Runner, Running } from '../../jobs/runner.ts';
import type { ShellPool } from '../../shells/pool.ts';
import type { SessionEnd, SessionRun } from '../../shells/session.ts';
import { PLAN_UNREADABLE } from '../mode.ts';
import { spawnRefusal } from '../spawn-refusal.ts';
import { CLOSED, poolRefusal } from './refusals.ts';
import { readPersistentShellPlan, type PersistentShellPlan } from './request.ts';

export function createPersistentShellRunner(pool: ShellPool, serverCwd: string): Runner {
  return {
    takesTurns: true,
    async start({ spec, folder }, signal, acquireSlot) {
      const plan = readPersistentShellPlan(spec.plan);
      if (plan === undefined) return { refused: PLAN_UNREADABLE };
      const workdir = plan.workdir === '' ? '' : resolve(serverCwd, plan.workdir);
      const opened = pool.open(plan.sessionKey, plan.shell, { workdir, env: plan.env });
      if (!opened.ok) return { refused: poolRefusal(opened.failure) };
      const session = opened.value;
      try {
        const started = await session.start(
          {
            files: {
              text: folder.file('command'),
              stdin: folder.stdin,
              stdout: folder.output('stdout'),
              stderr: folder.output('stderr'),
            },
            scratch: (name) => folder.file(name),
            begin: () => {
              folder.createOutput();
              folder.write('command', plan.command);
            },
            bootstrap: bootstrapOf(plan),
          },
          signal,
          acquireSlot,
        );
        return started.ok ? running(started.value, folder) : { refused: spawnRefusal(started.failure) };
      } catch (error) {
        return { refused: session.deleted ? CLOSED : messageOf(error) };
      }
    },
    close: () => pool[Symbol.asyncDispose](),
  };
}

/** Without a text of its own, a command that is the bootstrap is also its text; an empty one is none. */
function bootstrapOf({ command, bootstrapCommand, bootstrapCurrentCommand: isCommand }: PersistentShellPlan) {
  const text = bootstrapCommand || (isCommand ? command : '');
  return text === '' ? undefined : { text, isCommand };
}

function running(run: SessionRun, folder: JobFolder): Running {
  const ended = run.ended.then((end) => runEnd(end, folder));
  return {
    process: run.process,
    ended,
    write: (data, signal) => run.input.write(data, signal),
    closeInput: () => run.input.end(),
    // A command that is out of time gets no further time to end, and its shell may be in any state.
    end: (because) => (because === 'cancel' ? run.cancel() : run.endShell()),
    release: () => run.input[Symbol.dispose](),
  };
}

function runEnd(end: SessionEnd, folder: JobFolder): RunEnd {
  switch (end.how) {
    case 'finished':
    case 'shell-exited':
      return { known: true, exitCode: end.exitCode };
    case 'closed':
      try {
        folder.appendNote(CLOSED);
      } catch {
        // On a full disk the job fails without this note.
      }
      return { known: true, exitCode: 1 };
  }
}
