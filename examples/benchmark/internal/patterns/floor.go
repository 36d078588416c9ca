package patterns

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// floor is a goroutine for each operation in a plain process: the cost of a wait that need not
// survive. Nothing of it is left when the process dies.
//
// It follows Operation.Wait of cloud.google.com/go/longrunning: read, sleep, and
// give up at the first read that fails. That sends no cancel.
func floor() Pattern {
	return Pattern{
		Name:        "floor",
		Follows:     "goroutines in memory, without Temporal (cloud.google.com/go/longrunning)",
		PerWorkflow: 1,
		Wait:        waitInMemory,
	}
}

func waitInMemory(ctx context.Context, client lro.Client, ref lro.Ref, s Schedule) error {
	for read := 0; ; read++ {
		op, err := client.GetOperation(ctx, ref)
		if err != nil {
			return err
		}
		if op.Done {
			_, err := result(op)
			return err
		}
		if err := poller.SystemClock().Sleep(ctx, s.floorPause(read)); err != nil {
			return err
		}
	}
}

// How cloud.google.com/go/longrunning waits: 1 s, doubled up to 60 s, of which the pause is a
// random part (gax.Backoff, full jitter).
var googleCloudGo = Schedule{Initial: time.Second, Coefficient: 2, Maximum: time.Minute}

func (s Schedule) floorPause(read int) time.Duration {
	if !s.GoogleCloudGo {
		return s.Interval(read)
	}
	return 1 + rand.N(googleCloudGo.Interval(read))
}
