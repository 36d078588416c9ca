package documents

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"

	"github.com/awaitop/awaitop/examples/internal/group"
)

// execHandler runs programs as process groups, so that an interrupt reaches all of their processes, as it does in a
// terminal, and none is left. It refuses other programs than these.
func execHandler(programs []string) func(interp.ExecHandlerFunc) interp.ExecHandlerFunc {
	return func(interp.ExecHandlerFunc) interp.ExecHandlerFunc {
		return func(ctx context.Context, args []string) error { return execute(ctx, args, programs) }
	}
}

func execute(ctx context.Context, args, programs []string) error {
	shell := interp.HandlerCtx(ctx)
	if !slices.Contains(programs, args[0]) {
		return fmt.Errorf("the command needs %q, which a reader may not have", args[0])
	}
	path, err := interp.LookPathDir(shell.Dir, shell.Env, args[0])
	if err != nil {
		return err
	}
	command := &exec.Cmd{
		Path: path, Args: args, Dir: shell.Dir, Env: exported(shell.Env), Stdout: shell.Stdout, Stderr: shell.Stderr,
	}
	processes, err := group.Start(command)
	if err != nil {
		return err
	}
	err = await(ctx, processes)
	if killed := processes.Kill(); err == nil {
		err = killed
	}
	if err != nil {
		return err
	}
	return status(processes.Status())
}

// await waits for the end of the processes. Once ctx is done, it interrupts them.
func await(ctx context.Context, processes *group.Group) error {
	select {
	case <-processes.Ended():
		return nil
	case <-ctx.Done():
	}
	if err := processes.Interrupt(); err != nil {
		return err
	}
	late := time.NewTimer(endsWithin)
	defer late.Stop()
	select {
	case <-processes.Ended():
		return nil
	case <-late.C:
		return fmt.Errorf("it did not end within %s after an interrupt, and was killed", endsWithin)
	}
}

// status is the error that stands for an exit status in package interp.
func status(code int) error {
	if code == 0 {
		return nil
	}
	return interp.ExitStatus(code)
}

// exported are the variables that a program gets.
func exported(environment expand.Environ) []string {
	var list []string
	for name, variable := range environment.Each {
		if variable.Exported && variable.Kind == expand.String {
			list = append(list, name+"="+variable.String())
		}
	}
	return list
}
