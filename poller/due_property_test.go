package poller

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/internal/erratic"
	"github.com/awaitop/awaitop/lro"
)

// Whatever a client does, an operation that is due has somebody who reads it, at every
// moment, and each wait sees the end.
func TestDueIsRead(t *testing.T) {
	t.Parallel()
	first := rand.Uint64()
	for i := range uint64(24) {
		seed := first + i
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { awaitErratic(t, seed) })
		})
	}
}

func awaitErratic(t *testing.T, seed uint64) {
	client, refs := erratic.New(seed)
	p, err := New(erratic.Waiter{Client: client}, Options{Budgets: map[string]Budget{erratic.Service: {RequestsPerSecond: float64(1 + client.IntN(20)), Burst: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 1 + client.IntN(12) {
		of := refs[client.IntN(len(refs)):][:1]
		if client.IntN(3) == 0 {
			of = refs
		}
		begins := client.Between(0, erratic.LastEnd)
		all.Go(func() {
			time.Sleep(begins)
			awaitAll(t, p, client, of)
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	for {
		select {
		case <-ended:
			time.Sleep(time.Hour) // until what hangs has ended
			return
		case <-time.After(client.Between(time.Millisecond, 3*time.Second)):
			synctest.Wait()
			for _, broken := range p.check() {
				t.Fatalf("seed %d, after %v: %s", seed, time.Since(client.Began), broken)
			}
		}
	}
}

// awaitAll reads operations until all have ended.
func awaitAll(t *testing.T, p *Poller, client *erratic.Client, refs []lro.Ref) {
	w := p.NewWaiter(WithLogger(t.Context(), slog.New(slog.DiscardHandler)), WaiterOptions{AtServer: client.IntN(2) == 0}) // the client panics
	defer w.Leave()
	subscriptions := make([]*Subscription, len(refs))
	for i, ref := range refs {
		subscriptions[i] = w.Subscribe(ref, i)
		subscriptions[i].ReadAt(time.Now(), 0, PriorityPoll)
	}
	for running := len(refs); running > 0; {
		for _, a := range w.Take(t.Context(), time.Time{}) {
			if s := subscriptions[a.Index]; s != nil && a.Err == nil && a.Op.Done {
				s.Leave()
				subscriptions[a.Index] = nil
				running--
			} else if s != nil {
				interval := client.Between(time.Second, 20*time.Second)
				s.ReadAt(time.Now().Add(interval), interval, Priority(int(PriorityNow)+client.IntN(3)))
			}
		}
	}
	if took := time.Since(client.Began); took > erratic.LastEnd+erratic.Patience+2*time.Minute {
		t.Errorf("a wait for %d operations ended after %v", len(refs), took)
	}
}

// check reports the operations that are due and that nobody reads, of all groups.
func (p *Poller) check() (broken []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for family, g := range p.groups {
		g.mu.Lock()
		if g.next() != nil && !g.running {
			broken = append(broken, fmt.Sprintf("%s: %d are due, and nobody reads", family.Name, len(g.due)))
		}
		for name, same := range g.subscriptions {
			for _, s := range same {
				if s.wait != nil && s.wait.holds && (s.state != idle || s.answered || !s.wait.due.Equal(s.due)) {
					broken = append(broken, fmt.Sprintf("%s: state %d, answered %v, and a server-side wait holds its read", name, s.state, s.answered))
				}
				if queued := s.duePosition >= 0; queued != (s.state == isDue) || s.state == inList && g.plan == nil {
					broken = append(broken, fmt.Sprintf("%s: state %d, queued %v, List under way %v", name, s.state, queued, g.plan != nil))
				}
			}
		}
		g.mu.Unlock()
	}
	return broken
}
