package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/converter"
)

const (
	// codecTimeout bounds a request to the codec server.
	codecTimeout = 10 * time.Second
	// maxCodecReply bounds a reply of the codec server, in bytes: the 4 MiB that the Temporal server sends at
	// most, as base64, and room for a codec that compresses. maxCodecError bounds an error's body.
	maxCodecReply = 16 << 20
	maxCodecError = 4 << 10
)

// codec is a codec server, which decodes and encodes payloads.
type codec struct{ endpoint, auth, namespace string }

// The variables of the codec server. They are those of the Temporal CLI.
const (
	codecEndpointVariable = "TEMPORAL_CODEC_ENDPOINT"
	codecAuthVariable     = "TEMPORAL_CODEC_AUTH"
)

// chooseCodec is the codec server of the flag --codec-endpoint, else of the profile, which holds the variables too.
// Credentials go to the server that they are set for only: those of the profile to the profile's, and a
// TEMPORAL_CODEC_AUTH without a TEMPORAL_CODEC_ENDPOINT to that of the flag.
func chooseCodec(flag string, profile *envconfig.ClientConfigCodec, variable func(string) string) codec {
	if profile != nil && (flag == "" || flag == profile.Endpoint) {
		return codec{endpoint: profile.Endpoint, auth: profile.Auth}
	}
	chosen := codec{endpoint: flag}
	if variable(codecEndpointVariable) == "" {
		chosen.auth = variable(codecAuthVariable)
	}
	return chosen
}

// codecOf is the codec server to use, nil for none.
func (c *connection) codecOf(profile *envconfig.ClientConfigCodec, namespace string) (*codec, error) {
	chosen := chooseCodec(c.codecEndpoint, profile, os.Getenv)
	if chosen.endpoint == "" {
		return nil, nil
	}
	chosen.namespace = namespace
	chosen.endpoint = strings.ReplaceAll(chosen.endpoint, "{namespace}", url.PathEscape(namespace))
	switch at, err := url.Parse(chosen.endpoint); {
	case err != nil, at.Scheme != "http" && at.Scheme != "https", at.Host == "":
		return nil, usagef("--codec-endpoint, or its TEMPORAL_CODEC_ENDPOINT%s: want a base URL such as https://codec.example/{namespace}", quoted(chosen.endpoint))
	case at.RawQuery != "" || at.Fragment != "" || at.User != nil:
		return nil, usagef("--codec-endpoint, or its TEMPORAL_CODEC_ENDPOINT: want a base URL without a query, fragment or user; credentials go into TEMPORAL_CODEC_AUTH")
	}
	return &chosen, nil
}

// quoted is an endpoint in quotes. It is "" if the endpoint may hold a key, as a user or in a query.
func quoted(endpoint string) string {
	if strings.ContainsAny(endpoint, "@?#") {
		return ""
	}
	return fmt.Sprintf(" %q", endpoint)
}

// converter is a data converter that uses the codec server until ctx is done.
func (c *codec) converter(ctx context.Context) converter.DataConverter {
	return converter.NewRemoteDataConverter(converter.GetDefaultDataConverter(), converter.RemoteDataConverterOptions{
		Endpoint: c.endpoint,
		Client:   http.Client{Timeout: codecTimeout, Transport: boundedReplies{http.DefaultTransport}},
		ModifyRequest: func(r *http.Request) error {
			*r = *r.WithContext(ctx)
			r.Header.Set("X-Namespace", c.namespace)
			if c.auth != "" {
				r.Header.Set("Authorization", c.auth)
			}
			return nil
		},
	})
}

// boundedReplies bounds the body of each reply.
type boundedReplies struct{ http.RoundTripper }

func (b boundedReplies) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body := &boundedBody{ReadCloser: response.Body, left: maxCodecReply}
	if response.StatusCode != http.StatusOK {
		body.left, body.cut = maxCodecError, true
	}
	response.Body = body
	return response, nil
}

// boundedBody reads at most left bytes. A longer body is an error, unless it may be cut.
type boundedBody struct {
	io.ReadCloser
	left int64
	cut  bool
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left == 0 && b.cut {
		return 0, io.EOF
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if int64(n) > b.left {
		n = int(b.left)
		err = fmt.Errorf("the codec server's reply is over %d MiB", maxCodecReply>>20)
		if b.cut {
			err = io.EOF
		}
	}
	b.left -= int64(n)
	return n, err
}
