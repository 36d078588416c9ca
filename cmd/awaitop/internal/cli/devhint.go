package cli

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/lro"
)

// introduce says where the servers are, and which commands to try.
func (d *development) introduce(ctx context.Context, ui, endpoint string, refs []lro.Ref) {
	self := thisProgram()
	awaitop, server := self.command(), d.serverFlags(ctx)
	d.say("Temporal  %s", d.serverAddress())
	if ui != "" {
		d.say("Web UI    %s", ui)
	}
	if _, err := exec.LookPath("temporal"); d.cli != "" && err != nil { // the commands of the docs have it on PATH
		d.say("temporal  %s", d.cli)
	}
	d.say("Spanner   %s", endpoint)
	for _, text := range d.running(refs, time.Now()) {
		d.say("%s", text)
	}
	d.say("")
	d.say("Try, in another terminal%s:", self.where())
	if len(refs) > 0 {
		queue := ""
		if d.taskQueue != serve.DefaultTaskQueue {
			queue = " --task-queue " + shellQuoted(d.taskQueue)
		}
		d.say("  %s await%s%s %s", awaitop, server, queue, refs[0])
		d.say("  %s list%s", awaitop, server)
		d.say("  %s cancel%s %s", awaitop, server, refs[0])
	}
	d.say("  %s operations list projects/dev/instances/i/backupOperations --without-authentication --endpoint %s", awaitop, endpoint)
	d.say("")
}

// shownRefs is how many operations are shown.
const shownRefs = 5

// running are lines on the operations that run from the start: until when each does.
func (d *development) running(refs []lro.Ref, now time.Time) []string {
	var lines []string
	for i, ref := range refs[:min(len(refs), shownRefs)] {
		head := "          "
		if i == 0 {
			head = "Runs      "
		}
		lines = append(lines, fmt.Sprintf("%s%s until %s", head, ref, now.Add(d.runFor(i)).Format(time.TimeOnly)))
	}
	if more := len(refs) - shownRefs; more > 0 {
		lines = append(lines, fmt.Sprintf("          and %d more", more))
	}
	return lines
}

// runFor is how long an operation runs, by its place.
func (d *development) runFor(i int) time.Duration { return d.runsFor * time.Duration(i+1) }

// serverAddress is the address of the Temporal server.
func (d *development) serverAddress() string {
	if d.own != "" {
		return d.own
	}
	return d.address
}

// serverFlags are the flags that lead another command to the Temporal server: those that this command has, or those that
// say otherwise than the environment and its profile.
func (d *development) serverFlags(ctx context.Context) string {
	if d.own == "" {
		var flags strings.Builder
		for _, flag := range []struct{ name, value string }{
			{"address", d.address}, {"namespace", d.namespace}, {"profile", d.profile}, {"codec-endpoint", d.codecEndpoint},
		} {
			if flag.value != "" {
				fmt.Fprintf(&flags, " --%s %s", flag.name, shellQuoted(flag.value))
			}
		}
		return flags.String()
	}
	usual, err := (&connection{}).options(ctx)
	if err != nil || usual.ConnectionOptions.TLS != nil || usual.Credentials != nil {
		d.say("the settings of this shell or of temporal.toml are for another server: unset TEMPORAL_* to use this one")
	}
	return ownFlags(d.own, usual)
}

// ownFlags are the flags that lead a command to a dev server, which has the usual options without them.
func ownFlags(address string, usual client.Options) (flags string) {
	if usual.HostPort != address {
		flags += " --address " + address
	}
	if usual.Namespace != client.DefaultNamespace {
		flags += " --namespace " + client.DefaultNamespace
	}
	return flags
}

// lookAtQueue looks at the Temporal server of --address before the worker serves a task queue there. It warns of other
// workers of the queue: their waits would get the scripted Spanner's answers.
func (d *development) lookAtQueue(ctx context.Context) error {
	t, err := d.dial(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	asking, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	described, err := t.DescribeTaskQueue(asking, d.taskQueue, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
	if err != nil {
		return err
	}
	if others := polling(described.GetPollers(), time.Now()); len(others) > 0 {
		d.say("task queue %s has other workers: %s. This command's worker would answer some of their waits from the scripted Spanner; --task-queue keeps them apart",
			d.taskQueue, strings.Join(others, "; "))
	}
	return nil
}

// pollWithin is how long after its last poll a worker may still poll: a poll lasts a minute.
const pollWithin = 70 * time.Second

// polling are the workers that may poll, each with the time of its last poll. The Temporal server lists a worker for five
// minutes.
func polling(pollers []*taskqueuepb.PollerInfo, now time.Time) (workers []string) {
	for _, poller := range pollers {
		if ago := now.Sub(poller.GetLastAccessTime().AsTime()); ago <= pollWithin {
			workers = append(workers, fmt.Sprintf("%s, seen %s ago", poller.GetIdentity(), max(ago, 0).Round(time.Second)))
		}
	}
	return workers
}
