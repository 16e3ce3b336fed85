import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';
import { useMachineActions } from '../machines/machineActions.ts';

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** Files dragged over the window: dropped on empty space, each becomes a machine. Rows take theirs before. */
export function useFileDrop(): { isDragging: Ref<boolean>; onDrop: (event: DragEvent) => void } {
  const actions = useMachineActions();
  const isDragging = ref(false);
  /** `dragenter` and `dragleave` come for every element on the way. */
  let depth = 0;

  function onEnter(event: DragEvent): void {
    if (!holdsFiles(event)) return;
    depth++;
    isDragging.value = true;
  }

  function onOver(event: DragEvent): void {
    if (holdsFiles(event)) event.preventDefault();
  }

  function onLeave(event: DragEvent): void {
    if (!holdsFiles(event)) return;
    depth = Math.max(0, depth - 1);
    isDragging.value = depth > 0;
  }

  function onEnd(event: DragEvent): void {
    event.preventDefault();
    depth = 0;
    isDragging.value = false;
  }

  function onDrop(event: DragEvent): void {
    void actions.dropFiles([...(event.dataTransfer?.files ?? [])], null);
  }

  onMounted(() => {
    window.addEventListener('dragenter', onEnter);
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onEnd, true);
  });
  onBeforeUnmount(() => {
    window.removeEventListener('dragenter', onEnter);
    window.removeEventListener('dragover', onOver);
    window.removeEventListener('dragleave', onLeave);
    window.removeEventListener('drop', onEnd, true);
  });
  return { isDragging, onDrop };
}
