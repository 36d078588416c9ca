package main_test

import (
	"net/http/httptest"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"log/slog"

	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/testsuite"
)

// scrambled is a codec that stands for encryption: only the codec itself decodes its payloads.
type scrambled struct{}

func (scrambled) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		raw, err := proto.Marshal(p)
		if err != nil {
			return nil, err
		}
		out[i] = &commonpb.Payload{Metadata: map[string][]byte{converter.MetadataEncoding: []byte("binary/scrambled")}, Data: flip(raw)}
	}
	return out, nil
}

func (scrambled) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != "binary/scrambled" {
			out[i] = p
			continue
		}
		out[i] = &commonpb.Payload{}
		if err := proto.Unmarshal(flip(p.GetData()), out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func flip(raw []byte) []byte {
	out := make([]byte, len(raw))
	for i, b := range raw {
		out[i] = ^b
	}
	return out
}

// With a codec server the commands read encrypted payloads.
func TestCodecEndpoint(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	codec := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), scrambled{})
	c, err := client.Dial(client.Options{HostPort: dev.Address(), DataConverter: codec, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	s.client = c
	s.embedded(sdk.Options{})
	endpoint := httptest.NewServer(converter.NewPayloadCodecHTTPHandler(scrambled{}))
	t.Cleanup(endpoint.Close)

	ref := s.backup("o")
	args := []string{ref.String(), "--codec-endpoint", endpoint.URL}
	following := start(t, append([]string{"await", "-t", s.queue, "--initial-interval", "1s", "--maximum-interval", "1s"}, args...)...)
	following.until(t, "running, ")
	awaitop(t, append([]string{"describe"}, args...)...).wants(t, 0, ref.String(), "running, ")
	awaitop(t, append([]string{"poll-now"}, args...)...).wants(t, 0, "running, ")
	if text := awaitop(t, "describe", ref.String()).out.String(); len(text) == 0 {
		t.Error("without the codec nothing is described")
	}
	s.succeed(ref)
	following.wait(t).wants(t, 0, `{"name":"x"}`)
	awaitop(t, append([]string{"describe"}, args...)...).wants(t, 0, `{"name":"x"}`)
}
