package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	authentication "k8s.io/api/authentication/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// volume writes a volume's files and says where they are. They are not renewed while the pod lives.
func (p *Pod) volume(ctx context.Context, volume core.Volume) (string, error) {
	if volume.HostPath != nil {
		return volume.HostPath.Path, nil
	}
	folder := filepath.Join(p.folder(), "volumes", volume.Name)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return "", err
	}
	switch {
	case volume.EmptyDir != nil:
		return folder, os.Chmod(folder, 0o777)
	case volume.ConfigMap != nil:
		return folder, p.configMap(ctx, folder, volume.ConfigMap.Name, volume.ConfigMap.Items)
	case volume.Secret != nil:
		return folder, p.secret(ctx, folder, volume.Secret.SecretName, volume.Secret.Items)
	case volume.Projected != nil:
		for _, source := range volume.Projected.Sources {
			if err := p.projected(ctx, folder, source); err != nil {
				return "", err
			}
		}
		return folder, nil
	default:
		return "", fmt.Errorf("a light node has no volumes of this kind")
	}
}

func (p *Pod) projected(ctx context.Context, folder string, source core.VolumeProjection) error {
	switch {
	case source.ConfigMap != nil:
		return p.configMap(ctx, folder, source.ConfigMap.Name, source.ConfigMap.Items)
	case source.Secret != nil:
		return p.secret(ctx, folder, source.Secret.Name, source.Secret.Items)
	case source.ServiceAccountToken != nil:
		token, err := p.token(ctx, source.ServiceAccountToken)
		if err != nil {
			return err
		}
		return put(folder, source.ServiceAccountToken.Path, []byte(token))
	case source.DownwardAPI != nil:
		for _, item := range source.DownwardAPI.Items {
			value, err := p.field(item.FieldRef)
			if err != nil {
				return err
			}
			if err := put(folder, item.Path, []byte(value)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Pod) token(ctx context.Context, source *core.ServiceAccountTokenProjection) (string, error) {
	owner := &authentication.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: p.object.Name, UID: p.object.UID}
	request := &authentication.TokenRequest{Spec: authentication.TokenRequestSpec{
		ExpirationSeconds: source.ExpirationSeconds,
		BoundObjectRef:    owner,
	}}
	if source.Audience != "" {
		request.Spec.Audiences = []string{source.Audience}
	}
	accounts := p.node.client.CoreV1().ServiceAccounts(p.object.Namespace)
	answer, err := accounts.CreateToken(ctx, p.object.Spec.ServiceAccountName, request, meta.CreateOptions{})
	if err != nil {
		return "", err
	}
	return answer.Status.Token, nil
}

func (p *Pod) configMap(ctx context.Context, folder, name string, items []core.KeyToPath) error {
	object, err := p.node.client.CoreV1().ConfigMaps(p.object.Namespace).Get(ctx, name, meta.GetOptions{})
	if err != nil {
		return err
	}
	data := map[string][]byte{}
	for key, value := range object.Data {
		data[key] = []byte(value)
	}
	for key, value := range object.BinaryData {
		data[key] = value
	}
	return putAll(folder, data, items)
}

func (p *Pod) secret(ctx context.Context, folder, name string, items []core.KeyToPath) error {
	object, err := p.node.client.CoreV1().Secrets(p.object.Namespace).Get(ctx, name, meta.GetOptions{})
	if err != nil {
		return err
	}
	return putAll(folder, object.Data, items)
}

func putAll(folder string, data map[string][]byte, items []core.KeyToPath) error {
	paths := map[string]string{}
	for key := range data {
		paths[key] = key
	}
	if len(items) > 0 {
		paths = map[string]string{}
		for _, item := range items {
			paths[item.Key] = item.Path
		}
	}
	for key, path := range paths {
		if err := put(folder, path, data[key]); err != nil {
			return err
		}
	}
	return nil
}

func put(folder, path string, content []byte) error {
	target := filepath.Join(folder, path)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, content, 0o644)
}

// value is what a variable of a container holds.
func (p *Pod) value(variable core.EnvVar) (string, error) {
	if variable.ValueFrom == nil {
		return variable.Value, nil
	}
	return p.field(variable.ValueFrom.FieldRef)
}

func (p *Pod) field(reference *core.ObjectFieldSelector) (string, error) {
	if reference == nil {
		return "", fmt.Errorf("a light node knows values of fields alone")
	}
	switch reference.FieldPath {
	case "metadata.name":
		return p.object.Name, nil
	case "metadata.namespace":
		return p.object.Namespace, nil
	case "metadata.uid":
		return string(p.object.UID), nil
	case "spec.nodeName":
		return p.node.Name, nil
	case "spec.serviceAccountName":
		return p.object.Spec.ServiceAccountName, nil
	case "status.hostIP":
		return p.node.Addresses[0], nil
	case "status.podIP":
		return p.addresses[0], nil
	case "status.podIPs":
		return strings.Join(p.addresses, ","), nil
	default:
		return "", fmt.Errorf("a light node knows no field %s", reference.FieldPath)
	}
}
