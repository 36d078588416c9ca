package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"unicode/utf8"
)

// maxErrorBody is the most bytes read of an error reply. A google.rpc.Status with
// details takes a few KiB.
const maxErrorBody = 256 << 10

var errTooLarge = errors.New("the reply is too large")

// guard is the transport beneath authentication and telemetry, for generated clients, too. It is
// the one place that sees the credentials and every reply. A reply that it passes on has no
// credentials in it, its JSON is valid UTF-8, and its body has been read to its end, within the room
// for replies.
type guard struct {
	base http.RoundTripper
	most int64 // bytes of a reply
	room *room
}

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if sent, ok := r.Context().Value(sentKey{}).(*atomic.Bool); ok {
		sent.Store(true)
	}
	hidden := secretsOf(r)
	response, err := g.base.RoundTrip(r)
	if err != nil {
		return nil, hidden.inError(err)
	}
	hidden.inHeader(response.Header)
	response.Status = fmt.Sprintf("%d %s", response.StatusCode, http.StatusText(response.StatusCode))
	body := g.read(r.Context(), response)
	_ = response.Body.Close() // everything that matters has been read
	body.Reader = bytes.NewReader(validText(hidden.inBody(body.bytes)))
	body.bytes = nil
	response.Body, response.ContentLength = body, int64(body.Len())
	if body.err != nil {
		body.err, response.ContentLength = hidden.inError(body.err), -1
	}
	return response, nil
}

// validText replaces what is not UTF-8 in JSON. encoding/json passes it on in raw values, such as details,
// and Temporal's SDKs for other languages would not read the payload. Any other text is for messages, which
// show its bytes.
func validText(body []byte) []byte {
	if utf8.Valid(body) || !json.Valid(body) {
		return body
	}
	return bytes.ToValidUTF8(body, []byte("\uFFFD"))
}

// limit is the most bytes read of the reply.
func (g guard) limit(response *http.Response) int64 {
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return min(g.most, maxErrorBody)
	}
	return g.most
}

// read reads the whole body or fails, with errTooLarge over the limit, or with the connection's
// error. After a failure the bytes are of no use. The buffer grows with the bytes that come,
// whatever length the reply declares.
func (g guard) read(ctx context.Context, response *http.Response) *body {
	out := &body{}
	most := g.limit(response)
	if response.ContentLength > most { // the declared length says that it is too large
		out.err = errTooLarge
		return out
	}
	var come []byte
	for _, tier := range g.room.tiers(most) {
		release, err := tier.enter(ctx)
		if err != nil {
			out.err = fmt.Errorf("no room for a reply of over %d bytes: %w", len(come), err)
			break
		}
		out.releases = append(out.releases, release)
		if come, err = readUpTo(response.Body, come, int(tier.upTo)); err != nil {
			out.err = err
			break
		}
		if int64(len(come)) < tier.upTo { // the body has ended
			out.bytes = come
			return out
		}
	}
	if out.err == nil {
		out.err = errTooLarge
	}
	return out
}

// readUpTo appends r's bytes to come, until there are most bytes or r ends. The buffer doubles, and
// is never larger than most. bytes.Buffer would grow by more: a third of the cost of large replies.
func readUpTo(r io.Reader, come []byte, most int) ([]byte, error) {
	for len(come) < most {
		if len(come) == cap(come) {
			grown := make([]byte, len(come), min(most, 2*cap(come)+bytes.MinRead))
			copy(grown, come)
			come = grown
		}
		n, err := r.Read(come[len(come):cap(come)])
		come = come[:len(come)+n]
		if err == io.EOF {
			return come, nil
		}
		if err != nil {
			return come, err
		}
	}
	return come, nil
}

// body is a body that has been read. Close gives its room back.
type body struct {
	*bytes.Reader
	bytes    []byte
	err      error // why it is not complete
	releases []func()
}

// Read fails with the error that cut the body off. Once everything has been read, the reader's copy
// is the only one.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.Reader.Read(p)
	if b.Len() == 0 {
		b.Reset(nil)
	}
	return n, err
}

// Close may be called more than once.
func (b *body) Close() error {
	for _, release := range b.releases {
		release()
	}
	b.releases = nil
	return nil
}
