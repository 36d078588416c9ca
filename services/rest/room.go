package rest

import (
	"context"

	"golang.org/x/sync/semaphore"
)

const (
	// freeReply is how many bytes of a reply take no room: as many as an operation and most pages
	// have. The number of requests at once bounds their sum.
	freeReply = 64 << 10
	// ordinaryReply is enough for a page of a hundred operations with their metadata.
	ordinaryReply = 1 << 20
	// minBytesInFlight has room for two replies of each kind.
	minBytesInFlight = 4 * ordinaryReply
)

// room bounds the bytes of replies that are read and decoded at once. A reply that grows beyond
// freeReply waits for room up to ordinaryReply. A reply beyond that waits for room up to its limit.
// Each kind has half of the room. Replies wait for the tiers in this order and enter each whole, so
// no reply waits for one that waits for it.
type room struct {
	size            int64 // bytes of each half
	ordinary, large *semaphore.Weighted
}

func newRoom(total int64) *room {
	half := max(total/2, 1)
	return &room{size: half, ordinary: semaphore.NewWeighted(half), large: semaphore.NewWeighted(half)}
}

// tier is a part of a reply that is read once there is room for it.
type tier struct {
	upTo   int64               // bytes of the reply
	pool   *semaphore.Weighted // nil for a part that takes no room
	weight int64
}

// tiers are the tiers of a reply of most bytes. One more byte tells that the reply is longer, and
// takes no room: with it, half of the room would hold one reply instead of two.
func (r *room) tiers(most int64) []tier {
	end := min(most, r.size) + 1
	all := []tier{{upTo: min(freeReply, end)}}
	if end > freeReply {
		upTo := min(ordinaryReply, end)
		all = append(all, tier{upTo: upTo, pool: r.ordinary, weight: min(upTo, r.size)})
	}
	if end > ordinaryReply {
		all = append(all, tier{upTo: end, pool: r.large, weight: end - 1})
	}
	return all
}

// enter waits for room until the context ends.
func (t tier) enter(ctx context.Context) (release func(), err error) {
	if t.pool == nil {
		return func() {}, nil
	}
	if err := t.pool.Acquire(ctx, t.weight); err != nil {
		return nil, err
	}
	return func() { t.pool.Release(t.weight) }, nil
}
