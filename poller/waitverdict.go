package poller

import (
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

const (
	// heldPart is the part of its timeout for which a service holds a wait that is worth another one.
	heldPart = 0.75
	// waitPause is for how long no further wait is sent for an operation, after one that was answered
	// too early or was not answered. refusedPause is the same for all operations of a collection, after
	// the service refused the method.
	waitPause    = time.Minute
	refusedPause = 10 * time.Minute
	// maxUnwaited bounds the operations and collections of a process for which no wait is sent. For a
	// further one any other is forgotten, which is learned again.
	maxUnwaited = 10_000
)

// waitVerdict is what the answer to a server-side wait means.
type waitVerdict struct {
	// answers says that the answer is that of a read.
	answers bool
	// pause is for how long no wait is sent: for the operation or, with all, for its collection.
	pause time.Duration
	all   bool
}

// judgeWait decides what the answer to a server-side wait means, after the service has held it for
// some time. An error answers the wait only if it is one that passes and says when to read again. Any
// other error may be the wait's alone, so that a read by the schedule has to tell.
func judgeWait(a *Answer, held, timeout time.Duration) waitVerdict {
	early := held < time.Duration(heldPart*float64(timeout))
	class, advice := lro.Classify(a.Err), lro.RetryAfter(a.Err)
	switch class {
	case "":
		if early && !a.Op.Done {
			return waitVerdict{answers: true, pause: waitPause}
		}
		return waitVerdict{answers: true}
	case lro.ClassQuota:
		return waitVerdict{answers: true, pause: max(waitPause, advice)}
	case lro.ClassTransient:
		return waitVerdict{answers: advice > 0, pause: max(waitPause, advice)}
	case lro.ClassNotFound:
		return waitVerdict{pause: waitPause}
	default:
		return waitVerdict{pause: refusedPause, all: true}
	}
}

// unwaited is until when no wait is sent for an operation or a collection. It is safe for concurrent
// use.
type unwaited struct {
	mu    sync.Mutex
	until map[lro.Ref]time.Time // a collection is kept as if it were an operation
}

func (u *unwaited) note(ref lro.Ref, v waitVerdict, now time.Time) {
	if v.pause == 0 {
		return
	}
	if v.all {
		ref = lro.Ref(ref.Collection())
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.until) >= maxUnwaited {
		u.makeRoom(now)
	}
	u.until[ref] = now.Add(v.pause)
}

// makeRoom forgets the pauses that are over or, if there are none, any one.
func (u *unwaited) makeRoom(now time.Time) {
	any := lro.Ref{}
	for ref, until := range u.until {
		if any = ref; !now.Before(until) {
			delete(u.until, ref)
		}
	}
	delete(u.until, any)
}

func (u *unwaited) has(ref lro.Ref, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return now.Before(u.until[ref]) || now.Before(u.until[lro.Ref(ref.Collection())])
}
