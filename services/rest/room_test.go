package rest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// TestReplyCosts has replies that cost little to send. It is not parallel: it measures
// what the process allocates.
func TestReplyCosts(t *testing.T) {
	const size = 15 << 20
	many := func(opening, element, closing string) []byte {
		return []byte(opening + strings.Repeat(element+",", size/(len(element)+1)) + element + closing)
	}
	for name, tt := range map[string]struct {
		reason string
		status int
		body   []byte
		most   uint64 // bytes allocated by a read
	}{
		"errors":  {"an error is read to 256 KiB", 503, many(`{"error":{"code":503,"errors":[`, `{"reason":"a"}`, `]}}`), 4 << 20},
		"details": {"and so are its details", 503, many(`{"error":{"code":503,"status":"UNAVAILABLE","details":[`, `{}`, `]}}`), 4 << 20},
		"fields":  {"fields are counted", 200, many(`{"name":"x",`, `"a":1`, `}`), 20 * size},
		"names":   {"of different names, too", 200, []byte(`{"name":"x"` + fields(size) + `}`), 20 * size},
		"status":  {"elements are counted", 200, many(`{"name":"x","done":true,"error":{"code":1,"details":[`, `{}`, `]}}`), 20 * size},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				_, _ = w.Write(tt.body)
			})
			client := s.client(t)
			before := allocated()
			_, err := client.GetOperation(t.Context(), operationRef)
			if err == nil {
				t.Error("it is read as an operation")
			}
			if got := (allocated() - before) / uint64(len(s.received())); got > tt.most {
				t.Errorf("%s: a read allocates %d KiB, want %d at most (%v)", tt.reason, got>>10, tt.most>>10, err)
			}
		})
	}
}

// fields are so many bytes of fields with names of their own.
func fields(size int) string {
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `,"%d":1`, i)
	}
	return b.String()
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestDeclaredLength has a hundred replies declare 16 MiB and send a byte. It is not
// parallel: it measures the heap.
func TestDeclaredLength(t *testing.T) {
	const replies = 100
	var begun atomic.Int32
	all, end := make(chan struct{}), make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(rest.DefaultMaxBodySize))
		_, _ = w.Write([]byte("{"))
		_ = http.NewResponseController(w).Flush()
		if begun.Add(1) == replies {
			close(all)
		}
		<-end
	})
	client := s.client(t)
	var done sync.WaitGroup
	for range replies {
		done.Go(func() { _, _ = client.GetOperation(t.Context(), operationRef) })
	}
	<-all
	var m runtime.MemStats
	for i := 0; i < 20; i++ { // the readers have their byte by then
		runtime.GC()
		runtime.Gosched()
	}
	runtime.ReadMemStats(&m)
	close(end)
	done.Wait()
	if m.HeapAlloc > 64<<20 {
		t.Errorf("%d MiB of heap for %d bytes", m.HeapAlloc>>20, replies)
	}
}

// TestRoomIsWaitedFor has large replies fill the room: no more than fit are read on, a
// small one passes them, and all are read in the end.
func TestRoomIsWaitedFor(t *testing.T) {
	t.Parallel()
	const replies, size = 8, 3 << 20 // of which room for 4 MiB holds one at a time
	large := `{"name":"` + operationName + `","done":true,"response":{"x":"` + strings.Repeat("x", size) + `"}}`
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body := large
		if strings.HasSuffix(r.URL.Path, "small") {
			body = `{"done":true}`
		}
		_, _ = w.Write([]byte(body))
	})
	client := s.client(t, func(o *rest.Options) { o.MaxBytesInFlight = 8 << 20 })
	var all sync.WaitGroup
	for range replies {
		all.Go(func() {
			op, err := client.GetOperation(t.Context(), operationRef)
			if err != nil || len(op.Response) < size {
				t.Errorf("%d bytes, %v", len(op.Response), err)
			}
		})
	}
	if _, err := client.GetOperation(t.Context(), lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/small"}); err != nil {
		t.Error(err)
	}
	all.Wait()
}

// TestNoRoom has a reply that does not end hold all room for large ones: another waits,
// as long as its caller does, and a small one does not.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	held, end := make(chan struct{}), make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "small") {
			_, _ = w.Write([]byte(`{"done":true}`))
			return
		}
		_, _ = w.Write(append([]byte(`{"done":true}`), bytes.Repeat([]byte(" "), 1100<<10)...))
		_ = http.NewResponseController(w).Flush()
		if strings.HasSuffix(r.URL.Path, "hangs") {
			close(held)
			<-end
		}
	})
	client := s.client(t, func(o *rest.Options) { o.MaxBytesInFlight = 4 << 20 })
	read := func(ctx context.Context, id string) error {
		_, err := client.GetOperation(ctx, lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/" + id})
		return err
	}
	var all sync.WaitGroup
	all.Go(func() { _ = read(t.Context(), "hangs") })
	<-held
	for client.LargeRoom() > 0 { // until it has read the first of it
		runtime.Gosched()
	}
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := read(brief, "large"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want to wait for room", err)
	}
	if err := read(t.Context(), "small"); err != nil {
		t.Error(err)
	}
	close(end)
	all.Wait()
	if err := read(t.Context(), "large"); err != nil {
		t.Error(err)
	}
}

// TestTiers are the parts that a reply is read in.
func TestTiers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reason      string
		total, most int64
		want        string
	}{
		"default": {"free, ordinary, large", rest.DefaultMaxBytesInFlight, rest.DefaultMaxBodySize, "65536/0 1048576/1048576 16777217/16777216"},
		"small":   {"a limit below the first part", rest.DefaultMaxBytesInFlight, 1000, "1001/0"},
		"error":   {"a limit within the second", rest.DefaultMaxBytesInFlight, 256 << 10, "65536/0 262145/262145"},
		"no cap":  {"no reply is larger than half of the room", 8 << 20, 1 << 62, "65536/0 1048576/1048576 4194305/4194304"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := rest.TiersOf(tt.total, tt.most); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.reason, got, tt.want)
			}
		})
	}
}

// TestHeaderIsBounded has a reply whose header is larger than any of Google's: in memory
// it would take twenty times its bytes.
func TestHeaderIsBounded(t *testing.T) {
	t.Parallel()
	endpoint := echo(t, func(string) string {
		return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + strings.Repeat("1a:\r\n", 200<<10) + "\r\n{}"
	})
	client := (&server{url: endpoint}).client(t)
	if _, err := client.GetOperation(t.Context(), operationRef); lro.Classify(err) != lro.ClassTransient {
		t.Errorf("%v, want no reply", err)
	}
}
